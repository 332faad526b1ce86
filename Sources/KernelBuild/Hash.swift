import CCrypto
import Foundation

/// SHA-256 over pieces, by OpenSSL's libcrypto; ``HostSystem/Digest`` takes whole files only.
final class Hash {
  private let context = EVP_MD_CTX_new()

  init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

  deinit { EVP_MD_CTX_free(context) }

  func add(_ piece: some ContiguousBytes) {
    piece.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// Text with its length before it: two texts in a row are never taken for two others.
  func add(_ text: String) {
    let bytes = Array(text.utf8)
    add(Array("\(bytes.count):".utf8))
    add(bytes)
  }

  /// The digest in hexadecimal. Nothing can be added after it.
  func hex() -> String {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var size: UInt32 = 0
    EVP_DigestFinal_ex(context, &bytes, &size)
    return bytes.prefix(Int(size)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  static func of(_ texts: [String]) -> String {
    let hash = Hash()
    for text in texts { hash.add(text) }
    return hash.hex()
  }
}
