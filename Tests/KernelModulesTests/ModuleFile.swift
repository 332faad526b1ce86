/// A relocatable ELF file that nothing would load but that has a right section `.modinfo`.
struct ModuleFile {
  var texts: [String]

  init(_ texts: String...) { self.texts = texts }

  private func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { index in UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }

  /// Pairs of value and size in bytes.
  private func fields(_ fields: [(Int, Int)]) -> [UInt8] { fields.flatMap { number($0.0, $0.1) } }

  /// sh_name sh_type sh_flags sh_addr sh_offset sh_size sh_link sh_info sh_addralign sh_entsize
  private func section(_ name: Int, _ offset: Int, _ size: Int) -> [UInt8] {
    fields([(name, 4), (1, 4), (0, 8), (0, 8), (offset, 8), (size, 8), (0, 4), (0, 4), (1, 8), (0, 8)])
  }

  var bytes: [UInt8] {
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let info: [UInt8] = texts.flatMap { Array($0.utf8) + [0] }
    let names = Array("\u{0}.modinfo\u{0}.shstrtab\u{0}".utf8)
    let table = 64 + info.count + names.count
    // e_type e_machine e_version e_entry e_phoff e_shoff
    file += fields([(1, 2), (62, 2), (1, 4), (0, 8), (0, 8), (table, 8)])
    // e_flags e_ehsize e_phentsize e_phnum e_shentsize e_shnum e_shstrndx
    file += fields([(0, 4), (64, 2), (0, 2), (0, 2), (64, 2), (3, 2), (2, 2)])
    file += info + names
    file += section(0, 0, 0) + section(1, 64, info.count) + section(10, 64 + info.count, names.count)
    return file
  }
}
