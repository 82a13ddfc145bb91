#pragma once

#include <string>

#include "base/result.h"
#include "config/schema.h"
#include "config/value.h"

namespace sonde::config {

/// The secret in a file, without the blanks and line ends after it. `noun` is what it is, in messages: `the password`.
/// errors: kBadInput with what to do; a secret that was put where the path belongs is not repeated.
Result<std::string> secret_of_file(const SecretSource& secrets, const std::string& path, const std::string& noun);

/// The same of any path; one beside `directory` is not repeated, for it may be a secret.
Result<std::string> secret_beside(const SecretSource& secrets, const std::string& directory, const std::string& path);

/// The same from an environment variable, such as `example`.
Result<std::string> secret_of_variable(const SecretSource& secrets, const std::string& name,
                                       const std::string& example);

/// Reads a secret from the file that the value names. Leaves a fault behind if there is none.
bool read_secret_file(const Value& value, Draft& draft, const std::string& noun, std::string& into);

/// The same from the environment variable that it names.
bool read_secret_variable(const Value& value, Draft& draft, const std::string& example, std::string& into);

}  // namespace sonde::config
