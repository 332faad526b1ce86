import CCrypto
public import Foundation

/// SHA-256, by OpenSSL's libcrypto. Takes its input in pieces.
public struct Digest: ~Copyable {
  private let context = EVP_MD_CTX_new()

  /// Of nothing yet.
  public init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds a piece; where one ends and the next begins makes no difference.
  public mutating func add(_ piece: some ContiguousBytes) {
    piece.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// Adds a text with its length before it: two texts in a row are never taken for two others.
  public mutating func add(field text: String) {
    let bytes = Array(text.utf8)
    add(Array("\(bytes.count):".utf8))
    add(bytes)
  }

  /// The digest of all that was added, in hexadecimal.
  public consuming func hexadecimal() -> String {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var size: UInt32 = 0
    EVP_DigestFinal_ex(context, &bytes, &size)
    return bytes.prefix(Int(size)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The digest of a file in hexadecimal, read in pieces.
  public static func sha256(of file: URL) throws(Failure) -> String {
    guard let handle = try? FileHandle(forReadingFrom: file) else {
      throw Failure(.badInput, "\(file.path) cannot be read", remedy: "check the path and its permissions")
    }
    var digest = Digest()
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { digest.add(piece) }
    } catch {
      throw Failure(.badInput, "\(file.path) cannot be read: \(error.localizedDescription)")
    }
    return digest.hexadecimal()
  }

  /// The digest of a text's UTF-8 bytes in hexadecimal.
  public static func sha256(ofText text: String) -> String {
    var digest = Digest()
    digest.add(Array(text.utf8))
    return digest.hexadecimal()
  }

  /// The digest of several texts, each apart from the next.
  public static func sha256(ofFields texts: [String]) -> String {
    var digest = Digest()
    for text in texts { digest.add(field: text) }
    return digest.hexadecimal()
  }
}
