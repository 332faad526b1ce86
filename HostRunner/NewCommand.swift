import ArgumentParser
import Foundation
import GuestImage
import HostSystem
import VerdictStream

/// `firstbad new`: a probe to start from.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a probe to start from: NAME.c or NAME.swift.",
    discussion: """
      The first word of the id chooses what it begins with: \(ProbeTemplate.subsystems.joined(separator: ", ")), or \
      anything else.
      """)

  @Argument(help: "The probe's id, such as net.reuse-port; in Swift with .swift at its end.")
  var name: String

  func run() throws {
    let isSwift = name.hasSuffix(".swift")
    let id = isSwift ? String(name.dropLast(6)) : name.hasSuffix(".c") ? String(name.dropLast(2)) : name
    guard ProbeMetadata.isID(Text(id)) else {
      throw Failure(
        .usage, "\(id) cannot be a probe's id",
        remedy: "use lower-case words and digits parted by dots and hyphens, such as net.reuse-port")
    }
    let file = id + (isSwift ? ".swift" : ".c")
    guard !FileManager.default.fileExists(atPath: file) else {
      throw Failure(.usage, "\(file) is there already", remedy: "choose another name, or remove it")
    }
    let text = isSwift ? ProbeTemplate.swift(id: id) : ProbeTemplate.text(id: id)
    try Places.writeResult(Data(text.utf8), to: URL(filePath: file))
    try Terminal.print(file)
    Terminal.note("try it: firstbad run --here \(file), then firstbad run --kernel FILE \(file)")
  }
}
