import ArgumentParser
import Foundation
import GuestImage
import HostSystem
import VerdictStream

/// `firstbad new`: a probe to start from.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a probe to start from: NAME.c in this folder.",
    discussion: """
      The first word of the id chooses what it begins with: \(ProbeTemplate.subsystems.joined(separator: ", ")), or \
      anything else.
      """)

  @Argument(help: "The probe's id, such as net.reuse-port.")
  var name: String

  func run() throws {
    guard ProbeMetadata.isID(Text(name)) else {
      throw Failure(
        .usage, "\(name) cannot be a probe's id",
        remedy: "use lower-case words and digits parted by dots and hyphens, such as net.reuse-port")
    }
    let file = URL(filePath: "\(name).c")
    guard !FileManager.default.fileExists(atPath: file.path) else {
      throw Failure(.usage, "\(name).c is there already", remedy: "choose another name, or remove it")
    }
    try Places.writeResult(Data(ProbeTemplate.text(id: name).utf8), to: file)
    try Terminal.print("\(name).c")
    Terminal.note("try it: firstbad run --here \(name).c, then firstbad run --kernel FILE \(name).c")
  }
}
