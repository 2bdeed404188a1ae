// Package slacktest is a local server that speaks Slack's wire: Web API, Socket
// Mode, signed HTTP deliveries, response_url and files, with the scopes, limits
// and error words that the real service uses. Tests run a real client against it
// and act as people through [Person].
//
// Time on the server is a clock of its own that stands still until
// [Server.Advance]: triggers, response URLs and later retries expire by it, so
// that a slow machine changes no outcome. Only the wait for an acknowledgement
// uses the machine's clock; see [Config].
//
// The numbers (3 s for an acknowledgement, retries at once, after 1 and after 5
// minutes, 5 uses and 30 minutes of a response URL, 20 kB acknowledgements, the
// block limits) are those of Slack's public documentation at docs.slack.dev.
package slacktest
