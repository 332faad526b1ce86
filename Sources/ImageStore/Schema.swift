import Foundation
import GRDB
import KernelBuild

/// The tables of the index. A new version is a further migration and never a change of an old one.
enum Schema {
  static func migrator(_ objects: URL) -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.create(table: "image") { table in
        table.primaryKey("sha256", .text)
        table.column("identity", .text).notNull().indexed()
        table.column("bytes", .integer).notNull()
      }
      try database.create(table: "build") { table in
        table.column("tree", .text).notNull()
        table.column("recipe", .text).notNull()
        table.column("toolChain", .text).notNull()
        table.column("isClean", .boolean).notNull()
        table.column("commit", .text).notNull()
        // Either an image, or why there is none.
        table.column("sha256", .text).references("image", onDelete: .cascade)
        table.column("phase", .text)
        table.column("signature", .text)
        table.column("lines", .text)
        table.column("seconds", .double).notNull()
        table.column("built", .double).notNull()
        table.column("used", .double).notNull()
        table.primaryKey(["tree", "recipe", "toolChain", "isClean"])
      }
      try database.create(table: "verdict") { table in
        table.autoIncrementedPrimaryKey("number")
        table.column("identity", .text).notNull()
        table.column("question", .text).notNull()
        // JSON, for whoever asked the question to read.
        table.column("seen", .text).notNull()
        table.column("at", .double).notNull()
      }
      try database.create(index: "verdict_of", on: "verdict", columns: ["identity", "question"])
    }
    // A kernel that was made with a fix-up is another kernel. SQLite changes no primary key in place.
    migrator.registerMigration("fix-ups") { database in
      try database.create(table: "fixedBuild") { table in
        table.column("tree", .text).notNull()
        table.column("recipe", .text).notNull()
        table.column("toolChain", .text).notNull()
        table.column("isClean", .boolean).notNull()
        table.column("fixUps", .text).notNull().defaults(to: "")
        table.column("commit", .text).notNull()
        table.column("sha256", .text).references("image", onDelete: .cascade)
        table.column("phase", .text)
        table.column("signature", .text)
        table.column("lines", .text)
        table.column("seconds", .double).notNull()
        table.column("built", .double).notNull()
        table.column("used", .double).notNull()
        table.primaryKey(["tree", "recipe", "toolChain", "isClean", "fixUps"])
      }
      let columns =
        #"tree, recipe, toolChain, isClean, "commit", sha256, phase, signature, lines, seconds, built, used"#
      try database.execute(sql: "INSERT INTO fixedBuild (\(columns)) SELECT \(columns) FROM build")
      try database.drop(table: "build")
      try database.rename(table: "fixedBuild", to: "build")
    }
    // Some were of files that the kernel has not: those were compiled first, whatever the configuration was.
    migrator.registerMigration("failures-of-other-settings") { database in
      try database.execute(sql: "DELETE FROM build WHERE phase = 'build'")
    }
    // An identity was that of vmlinux alone, so that verdicts were taken over from kernels with another boot code.
    migrator.registerMigration("boot-wrapper") { database in
      try database.execute(sql: "DELETE FROM verdict")
      for row in try Row.fetchAll(database, sql: "SELECT sha256, identity FROM image") {
        let (sha256, sections): (String, String) = (row["sha256"], row["identity"])
        let image = objects.appending(path: "\(sha256)/bzImage")
        if let identity = try? BootWrapper.identity(sections, of: image) {
          try database.execute(sql: "UPDATE image SET identity = ? WHERE sha256 = ?", arguments: [identity, sha256])
        } else {
          // No deletion cascades while a migration runs.
          try database.execute(sql: "DELETE FROM build WHERE sha256 = ?", arguments: [sha256])
          try database.execute(sql: "DELETE FROM image WHERE sha256 = ?", arguments: [sha256])
        }
      }
    }
    // ccache went by the headers that were read the last time, and a clean build could have an object in it of before one was
    // new. Such a kernel will do for a search; for a proof it is made again.
    migrator.registerMigration("headers-that-are-new") { database in
      try database.execute(sql: "UPDATE OR REPLACE build SET isClean = 0")
    }
    // A program that the host lacked was the commit's failure for ever.
    migrator.registerMigration("failures-of-the-host") { database in
      try database.execute(
        sql: """
          DELETE FROM build WHERE phase = 'configure' OR phase = 'build' AND (signature LIKE 'make%'
          OR signature LIKE 'ld:%' OR signature LIKE 'scripts/%' OR signature LIKE 'tools/%'
          OR signature LIKE '%/tools/%')
          """)
    }
    // Such a failure leads to a fix-up, and is believed for nothing else.
    migrator.registerMigration("failures-that-may-pass") { database in
      try database.alter(table: "build") { $0.add(column: "isOfCode", .boolean).notNull().defaults(to: true) }
    }
    // The first error was that of the alphabet, and with few jobs is that of make's order: of one tree there would be two.
    migrator.registerMigration("failures-in-order") { database in
      try database.execute(sql: "DELETE FROM build WHERE phase = 'build'")
    }
    return migrator
  }
}
