// Package commands is the table of verbs: everything that a person can ask of
// Hotline, once. A verb's name, its other names in English and Chinese, its
// arguments, who may use it, its help and what it does stand in one place. From
// that place come the slash command, the words after a mention or in a direct
// message, the button, the form, the completion of arguments and /help.
//
// It also reads plain messages: which of them open a case, which join one, and
// which are only a greeting.
//
// The package knows no platform and sends nothing. [Commands] implements
// bot.Handler: it parses, checks who asks, reads what an answer needs, and returns
// what is to be done in one transaction. An answer to a command is seen by the
// person who asked and by nobody else. What customers see comes from the cases of
// their own organisation and from events they may read; everything else does not
// exist for them.
package commands
