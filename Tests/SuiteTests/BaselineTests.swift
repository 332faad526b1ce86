import Foundation
import HostSystem
import Judgement
import TestSupport
import Testing
import VerdictStream
import VirtualMachine

@testable import Suite

@Suite struct `With a baseline only changes count` {
  private func change(from before: Cell, to after: Cell) -> Change {
    var baseline = Baseline()
    baseline.take([(before, "k")], inOrderOf: ["k"])
    return Change(after, title: "k", baseline: baseline)
  }

  @Test func `in every direction`() throws {
    let good = try cell(.pass), bad = try cell(.fail, check: "a == b"), other = try cell(.fail, check: "c == d")
    let skip = try cell(.skip), unbootable = try cell(.pass, end: hang), ours = try cell(.pass, end: dead)
    let table: [(Cell, Cell, Change.Kind)] = [
      (good, good, .same), (good, bad, .worse), (good, skip, .lost), (good, unbootable, .lost), (good, ours, .lost),
      (bad, bad, .same), (bad, other, .worse), (bad, good, .better), (bad, unbootable, .lost),
      (skip, skip, .same), (skip, good, .better), (skip, bad, .worse), (skip, unbootable, .lost),
      (unbootable, unbootable, .same), (unbootable, bad, .worse), (unbootable, good, .better),
    ]
    for (before, after, kind) in table { #expect(change(from: before, to: after).kind == kind) }
  }

  @Test func `an observation is shown before and after`() throws {
    let before = try cell(.pass, [("errno", .text("EINVAL")), ("n", .integer(1))])
    let after = try cell(.pass, [("errno", .text("ENOSPC")), ("n", .integer(1))])
    let change = change(from: before, to: after)
    #expect(change.kind == .changed)
    #expect(change.fails)
    #expect(change.details == ["errno: EINVAL -> ENOSPC"])
  }

  @Test func `a value that may be anything is no change, and stays so when the baseline is written again`() throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "base.json",
      """
      {"firstbad-baseline": 1, "kernels": [{"kernel": "k", "probes":
        {"net.one": {"standing": "good", "observations": {"time": null, "n": 1}}}}]}
      """)
    var baseline = try Baseline(from: file)
    let now = try cell(.pass, [("time", .integer(17)), ("n", .integer(1))])
    #expect(Change(now, title: "k", baseline: baseline).kind == .same)
    baseline.take([(now, "k")], inOrderOf: ["k"])
    try Places.write(baseline.data, to: file)
    #expect(try Baseline(from: file) == baseline)
    #expect(baseline.entry(kernel: "k", probe: "net.one")?.entry.observations == ["time": .any, "n": .integer(1)])
  }

  /// Whatever the order in which the file came to know them.
  @Test func `a kernel that it does not know is compared with the newest older one that it does`() throws {
    let titles = ["6.1.0-53 (6.1.187-1)", "6.1.0-56 (6.1.192-2)", "6.12.9 (6.12.9-1)"]
    for order in [titles, titles.reversed()] {
      var baseline = Baseline()
      for title in order {
        baseline.take([(try cell(title == titles[0] ? .pass : .fail), title)], inOrderOf: [title])
      }
      let other = try cell(.pass, id: "net.two")
      baseline.take([(other, "6.1.0-54 (6.1.190-1)")], inOrderOf: ["6.1.0-54 (6.1.190-1)"])
      for (title, with, kind) in [
        ("6.1.0-55 (6.1.192-1)", 0, Change.Kind.worse), ("6.1.0-100 (6.1.300-1)", 1, .same), ("7.2 (7.2-1)", 2, .same),
        ("5.10 (5.10-1)", 0, .worse), ("6.2.0 (6.2-1)", 1, .same),
      ] {
        let change = Change(try cell(.fail), title: title, baseline: baseline)
        #expect(change.comparedWith == titles[with] && change.kind == kind, "\(title): \(change)")
      }
    }
  }

  /// What a cloud kernel does is no reason to find that of a desktop's kernel unchanged.
  @Test func `and with one of its own flavour, as long as there is any`() throws {
    var baseline = Baseline()
    let titles = [
      "6.1.0-53-amd64 (6.1.187-1)", "6.1.0-54-cloud-amd64 (6.1.190-1)", "6.2.0-rc1-amd64 (6.2~rc1-1~exp1)",
      "6.2.0-1-amd64 (6.2-1)", "6.5.6-300.fc39.x86_64", "6.5.7-300.fc39.x86_64+debug",
      "6.2.0-mine-00009-g0123456789ab", "6.2.0-rc7-00004-gabcdef01234",
    ]
    for title in titles { baseline.take([(try cell(.pass), title)], inOrderOf: [title]) }
    for (title, with, isOther) in [
      ("6.1.0-54-amd64 (6.1.190-1)", 0, false), ("6.1.0-55-cloud-amd64 (6.1.192-1)", 1, false),
      ("6.2.0-rc2-amd64 (6.2~rc2-1~exp1)", 2, false), ("6.2.1-1-amd64 (6.2.1-1)", 3, false),
      ("6.6.0-200.fc39.x86_64", 4, false), ("6.6.0-200.fc39.x86_64+debug", 5, false),
      ("6.2.0-mine-00010-gba9876543210", 6, false), ("6.2.0", 7, false), ("6.1.0-54-rt-amd64 (6.1.190-1)", 1, true),
    ] {
      let change = Change(try cell(.fail), title: title, baseline: baseline)
      #expect(change.comparedWith == titles[with] && change.isOfOtherFlavours == isOther, "\(title): \(change)")
    }
  }

  @Test func `kernels keep their places, and new ones come beside those that they ran with`() throws {
    var baseline = Baseline()
    let good = try cell(.pass), bad = try cell(.fail)
    baseline.take([(bad, "53"), (good, "55")], inOrderOf: ["53", "55"])
    baseline.take([(bad, "53")], inOrderOf: ["53"])
    #expect(baseline.kernels.map(\.kernel) == ["53", "55"])
    #expect(Change(bad, title: "56", baseline: baseline).kind == .worse, "compared with 55, as before")
    baseline.take([(good, "52"), (good, "54"), (good, "55"), (good, "56")], inOrderOf: ["52", "54", "55", "56"])
    #expect(baseline.kernels.map(\.kernel) == ["53", "52", "54", "55", "56"])
  }

  @Test func `anything stays anything for every probe of a kernel that is new`() throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "base.json",
      """
      {"firstbad-baseline": 1, "kernels": [{"kernel": "k", "probes":
        {"net.one": {"standing": "good", "observations": {"time": null}},
         "net.two": {"standing": "good", "observations": {"time": null}}}}]}
      """)
    var baseline = try Baseline(from: file)
    let cells = try ["net.one", "net.two"].map { try cell(.pass, [("time", .integer(17))], id: Text($0)) }
    baseline.take(cells.map { ($0, "new") }, inOrderOf: ["new"])
    for id in ["net.one", "net.two"] {
      #expect(baseline.entry(kernel: "new", probe: id)?.entry.observations == ["time": .any])
    }
  }

  @Test func `what could not be told does not replace what was, and another stage is another reason`() throws {
    var baseline = Baseline()
    let unbootable = try cell(.pass, end: hang), noResult = try cell(.noResult)
    baseline.take([(try cell(.pass), "k"), (noResult, "l")], inOrderOf: ["k", "l"])
    baseline.take([(unbootable, "k")], inOrderOf: ["k"])
    #expect(baseline.entry(kernel: "k", probe: "net.one")?.entry.standing == .good)
    #expect(Change(noResult, title: "l", baseline: baseline).kind == .same)
    #expect(Change(unbootable, title: "l", baseline: baseline).kind == .lost)
  }

  @Test func `a failure on a kernel of unknown configuration is no skip`() throws {
    let needy = try ProbeMetadata(parsing: "id=net.one\nconfig=CONFIG_INET\n")
    let failed = try cell(.fail, check: "a == b", probe: needy).doubting(["CONFIG_INET"])
    #expect(Standing(failed) == .untestable)
  }

  @Test func `what is not at hand on this machine is no skip, and does not replace what was`() throws {
    var baseline = Baseline()
    let good = try cell(.pass)
    func notRun(isConfiguredOut: Bool) -> Cell {
      let finding = Finding(notRun: "net.one", phase: .configure, why: "its module is not here")
      var cell = Cell(
        kernel: good.kernel, probe: good.probe, finding: finding, accelerator: nil, durationMilliseconds: 0,
        folder: nil, running: nil)
      cell.isConfiguredOut = isConfiguredOut
      return cell
    }
    let missing = notRun(isConfiguredOut: false)
    #expect(Standing(missing) == .untestable && Standing(notRun(isConfiguredOut: true)) == .skip)
    #expect(Change(missing, title: "k", baseline: nil).kind == .lost)
    baseline.take([(good, "k")], inOrderOf: ["k"])
    baseline.take([(missing, "k")], inOrderOf: ["k"])
    #expect(baseline.entry(kernel: "k", probe: "net.one")?.entry.standing == .good)
  }

  @Test func `what our side failed at is not written into it`() throws {
    var baseline = Baseline()
    baseline.take([(try cell(.pass), "k")], inOrderOf: ["k"])
    baseline.take([(try cell(.pass, end: dead), "k")], inOrderOf: ["k"])
    #expect(baseline.entry(kernel: "k", probe: "net.one")?.entry.standing == .good)
  }

  /// As two branches that were merged leave it: a reader would take one of the two, and nobody knows which.
  @Test(arguments: [
    (#"{"kernel": "k", "probes": {}}, {"kernel": "k", "probes": {}}"#, "it has k twice"),
    (#"{"kernel": "k", "probes": {"a.b": {"standing": "good"}, "a.b": {"standing": "bad"}}}"#, "twice in one object"),
    (
      #"{"kernel": "k", "probes": {"a.b": {"standing": "good", "observations": {"x": 1, "x": 2}}}}"#,
      "twice in one object"
    ), (#"{"kernel": "k", "probes": {"a.b": {"standing": "good", "obs": {}}}}"#, "'obs' means nothing"),
  ])
  func `one that says two things, or what nobody reads, is refused`(kernels: String, why: String) throws {
    let scratch = try Scratch()
    let file = try scratch.file("base.json", "{\"firstbad-baseline\": 1, \"kernels\": [\(kernels)]}")
    let failure = #expect(throws: Failure.self) { try Baseline(from: file) }
    #expect(failure?.message.contains(why) == true, "\(String(describing: failure))")
  }

  @Test func `a name may hold what JSON is made of`() throws {
    let scratch = try Scratch()
    let observations: [(Text, Observation.Value)] = [("a: \"b\", {c}", .text("d: \\ \"e\":"))]
    var baseline = Baseline()
    baseline.take([(try cell(.pass, observations), "k (\"1:2\")")], inOrderOf: [])
    let file = scratch.url.appending(path: "base.json")
    try baseline.data.write(to: file)
    #expect(try Baseline(from: file) == baseline)
  }

  @Test(arguments: ["", "{}", "{\"firstbad-baseline\": 2, \"kernels\": []}", "[1]"])
  func `one that makes no sense is refused`(text: String) throws {
    let scratch = try Scratch()
    let file = try scratch.file("base.json", text)
    #expect(throws: Failure.self) { try Baseline(from: file) }
  }
}

@Suite struct `Two kernels of one name` {
  @Test func `are told apart`() throws {
    let scratch = try Scratch()
    let kernels = try ["a/vmlinuz", "b/vmlinuz", "b/vmlinuz"].map { path in
      try KernelImage(at: try scratch.file(path, BzImage().bytes).path)
    }
    #expect(Set(SuitePlan(kernels, []).titles).count == 3)
  }
}
