/// A relocatable ELF file that nothing would load but that has a right section `.modinfo`.
struct ModuleFile {
  var texts: [String]

  init(_ texts: String...) { self.texts = texts }

  var bytes: [UInt8] {
    let info = texts.flatMap { Array($0.utf8) + [0] }
    let names = Array("\u{0}.modinfo\u{0}.shstrtab\u{0}".utf8)
    func number(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> (8 * $0) & 0xFF) } }
    // sh_name sh_type sh_flags sh_addr sh_offset sh_size sh_link sh_info sh_addralign sh_entsize
    func section(_ name: Int, _ offset: Int, _ size: Int) -> [UInt8] {
      number(name, 4) + number(1, 4) + number(0, 16) + number(offset, 8) + number(size, 8) + number(0, 24)
    }
    let table = 64 + info.count + names.count
    var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + number(0, 8)
    // e_type e_machine e_version e_entry e_phoff e_shoff e_flags e_ehsize e_phentsize e_phnum
    header += number(1, 2) + number(62, 2) + number(1, 4) + number(0, 16) + number(table, 8) + number(0, 4)
    header += number(64, 2) + number(0, 4) + number(64, 2) + number(3, 2) + number(2, 2)
    return header + info + names + section(0, 0, 0) + section(1, 64, info.count)
      + section(10, 64 + info.count, names.count)
  }
}
