#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "config/secret_text.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

constexpr std::array<std::string_view, 3> kRoles{"read", "operate", "admin"};
static_assert(kRoles.size() == static_cast<std::size_t>(serve::Role::kAdmin) + 1, "every Role needs its name");

bool read_role(const Value& value, Draft& draft) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kRoles)) return false;
  draft.user.role = static_cast<serve::Role>(choice);
  return true;
}

/// What a header can carry: a name with a colon could not be told from its password.
bool read_name(const Value& value, Draft& draft) {
  std::string name;
  if (!value.read_text(name)) return false;
  if (name.find(':') != std::string::npos) return value.refuse(shown_value(name) + " must not have a colon");
  const auto& users = draft.config.server.users;
  if (std::ranges::any_of(users, [&](const serve::User& user) { return user.name == name; })) {
    return value.refuse("there is another user " + shown_value(name) + " already");
  }
  draft.user.name = name;
  return true;
}

constexpr std::array kUserKeys{
    Key{.name = "name", .read = read_name},
    Key{.name = "role", .read = read_role},
    Key{.name = "token_file",
        .read = [](const Value& value,
                   Draft& draft) { return read_secret_file(value, draft, "the token", draft.user.token); }},
    Key{.name = "token_env",
        .read = [](const Value& value,
                   Draft& draft) { return read_secret_variable(value, draft, "SONDE_TOKEN", draft.user.token); }},
    Key{.name = "password_file",
        .read = [](const Value& value,
                   Draft& draft) { return read_secret_file(value, draft, "the password", draft.user.password); }},
    Key{.name = "password_env",
        .read = [](const Value& value,
                   Draft& draft) { return read_secret_variable(value, draft, "SONDE_PASSWORD", draft.user.password); }},
};

}  // namespace

std::span<const Key> user_keys() { return kUserKeys; }

void start_user(Draft& draft, const std::string&) { draft.user = {}; }

void finish_user(Draft& draft, const Spot& spot) {
  if (draft.user.name.empty()) {
    draft.log.add(spot, "needs a name: who it is in the timeline, and with a password");
  } else if (draft.user.token.empty() && draft.user.password.empty()) {
    draft.log.add(spot, "needs a secret: token_file, token_env, password_file or password_env");
  }
  // Also one with a fault: without any user, everybody would be let in to read.
  draft.config.server.users.push_back(std::exchange(draft.user, {}));
}

}  // namespace sonde::config
