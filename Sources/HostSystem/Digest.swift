import CCrypto
public import Foundation

/// SHA-256, by OpenSSL's libcrypto.
public enum Digest {
  /// The digest of a file in hexadecimal, read in pieces.
  public static func sha256(of file: URL) throws(Failure) -> String {
    guard let handle = try? FileHandle(forReadingFrom: file), let context = EVP_MD_CTX_new() else {
      throw Failure(.badInput, "\(file.path) cannot be read", remedy: "check the path and its permissions")
    }
    defer { EVP_MD_CTX_free(context) }
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
        _ = piece.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
      }
    } catch {
      throw Failure(.badInput, "\(file.path) cannot be read: \(error.localizedDescription)")
    }
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var size: UInt32 = 0
    EVP_DigestFinal_ex(context, &bytes, &size)
    return hexadecimal(bytes.prefix(Int(size)))
  }

  /// The digest of a text's UTF-8 bytes in hexadecimal.
  public static func sha256(ofText text: String) -> String {
    let content = Array(text.utf8)
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var size: UInt32 = 0
    EVP_Digest(content, content.count, &bytes, &size, EVP_sha256(), nil)
    return hexadecimal(bytes.prefix(Int(size)))
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
