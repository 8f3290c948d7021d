#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <array>
#include <functional>

#include "database.h"

namespace tinyfog::registry {
namespace {

/// Each brings a database from the version of its index to the next one. Messages are hexadecimal
/// text: the types that databases have for bytes have nothing in common.
const std::array<std::vector<const char*>, 1> kMigrations{{
    {"CREATE TABLE nodes (id VARCHAR(64) PRIMARY KEY, node TEXT NOT NULL)"},
}};

std::string ToHex(const std::string& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

int Digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool FromHex(const std::string& text, std::string& bytes) {
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = Digit(text[i]), low = Digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return true;
}

Status CodeOf(int sqlite) {
  switch (sqlite & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Status::kDataLoss;
    case SQLITE_FULL:
      return Status::kResourceExhausted;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return Status::kPermissionDenied;
    default:
      return Status::kInternal;
  }
}

class SociDatabase final : public Database {
 public:
  explicit SociDatabase(const std::filesystem::path& file) : file_(file) {}

  Outcome<void> Connect() {
    return Guarded([this]() -> Outcome<void> {
      // The parameter's syntax has quotes, but no escape for one inside.
      if (file_.string().find('"') != std::string::npos) {
        return InvalidArgument("the path has a quotation mark");
      }
      sql_.open(soci::sqlite3, "db=\"" + file_.string() + "\" timeout=5");
      // SQLite's own: readers never wait, and what is committed survives a power cut.
      sql_ << "PRAGMA journal_mode = WAL";
      sql_ << "PRAGMA synchronous = FULL";
      TINYFOG_TRY(CheckWhole());
      return Migrate();
    });
  }

  Outcome<std::vector<Row>> Load() override {
    std::vector<Row> rows;
    TINYFOG_TRY(Guarded([&]() -> Outcome<void> {
      std::string id, text;
      soci::statement select = (sql_.prepare << "SELECT id, node FROM nodes ORDER BY id",
                                soci::into(id), soci::into(text));
      select.execute();
      while (select.fetch()) {
        Row row{id, {}};
        if (!FromHex(text, row.node)) {
          return Error{Status::kDataLoss, "the record of node " + id + " is not hexadecimal"};
        }
        rows.push_back(std::move(row));
      }
      return {};
    }));
    return rows;
  }

  Outcome<void> Write(const std::vector<Row>& rows) override {
    return Guarded([&]() -> Outcome<void> {
      soci::transaction transaction(sql_);
      std::string id, text;
      soci::statement upsert =
          (sql_.prepare << "INSERT INTO nodes (id, node) VALUES (:id, :node) "
                           "ON CONFLICT (id) DO UPDATE SET node = excluded.node",
           soci::use(id, "id"), soci::use(text, "node"));
      for (const Row& row : rows) {
        id = row.id;
        text = ToHex(row.node);
        upsert.execute(true);
      }
      transaction.commit();
      return {};
    });
  }

  Outcome<void> Erase(const std::string& id) override {
    return Guarded([&]() -> Outcome<void> {
      sql_ << "DELETE FROM nodes WHERE id = :id", soci::use(id);
      return {};
    });
  }

 private:
  Outcome<void> CheckWhole() {
    std::string said;
    sql_ << "PRAGMA quick_check(1)", soci::into(said);
    if (said != "ok") return Error{Status::kDataLoss, said};
    return {};
  }

  Outcome<void> Migrate() {
    sql_ << "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)";
    int version = 0, rows = 0;
    sql_ << "SELECT COUNT(*) FROM schema_version", soci::into(rows);
    if (rows == 0) sql_ << "INSERT INTO schema_version (version) VALUES (0)";
    sql_ << "SELECT version FROM schema_version", soci::into(version);
    const int newest = static_cast<int>(kMigrations.size());
    if (version > newest) {
      return FailedPrecondition("it has schema version " + std::to_string(version) +
                                ", this program knows " + std::to_string(newest) +
                                ": use the newer tinyfogd again, or move the file away");
    }
    if (version < 0) return Error{Status::kDataLoss, "the schema version is negative"};
    for (; version < newest; ++version) {
      soci::transaction transaction(sql_);
      for (const char* statement : kMigrations[static_cast<std::size_t>(version)]) {
        sql_ << statement;
      }
      const int next = version + 1;
      sql_ << "UPDATE schema_version SET version = :version", soci::use(next);
      transaction.commit();
    }
    return {};
  }

  /// Runs `work`; what the libraries throw becomes an Error that names the file.
  Outcome<void> Guarded(const std::function<Outcome<void>()>& work) const {
    const std::string context = "node registry " + file_.string();
    try {
      auto done = work();
      if (!done.ok()) return InContext(std::move(done).error(), context);
      return done;
    } catch (const soci::sqlite3_soci_error& e) {
      return Error{CodeOf(e.result()), context + ": " + e.what()};
    } catch (const std::exception& e) {
      return Internal(context + ": " + e.what());
    }
  }

  const std::filesystem::path file_;
  soci::session sql_;
};

}  // namespace

Outcome<std::unique_ptr<Database>> Database::Open(const std::filesystem::path& file) {
  auto database = std::make_unique<SociDatabase>(file);
  TINYFOG_TRY(database->Connect());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace tinyfog::registry
