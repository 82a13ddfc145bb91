#include "app/load_parts.h"

#include "app/alert_language.h"
#include "rules/pack.h"

namespace sonde::app {

const config::LoadParts& load_parts() {
  static const config::SystemSecrets kSecrets;
  static const config::LoadParts kParts{kSecrets, alert_language(), &rules::check_options};
  return kParts;
}

const config::LoadParts& load_parts_without_secrets() {
  static const config::UnseenSecrets kSecrets;
  static const config::LoadParts kParts{kSecrets, alert_language(), &rules::check_options};
  return kParts;
}

}  // namespace sonde::app
