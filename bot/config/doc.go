// Package config turns one YAML file into a checked [Config]: the settings of the
// program and the [hotline/bot.Organisation] it serves.
//
// Unknown settings are refused. Every problem names its file, line and column,
// says what is wrong and what was probably meant, and as many as possible are
// found in one go. Secrets are only taken from the environment ("${NAME}") or
// from a file ("file:path"); a secret written into the file is refused without
// being shown.
//
// [Load] answers whether the file can be used, [Check] what is weak in it: gaps
// in the on-call plan, people who cannot be reached, policies that end nowhere.
package config
