package config

// Secrets lists the secret values of the configuration that are long enough to be
// recognised, so that a log can hide them.
func (c *Config) Secrets() []string {
	all := []Secret{c.HTTP.LinkKey, c.Slack.AppToken, c.Slack.BotToken, c.Slack.SigningSecret, c.Discord.Token,
		c.Mail.Password, c.Notify.Webhook.Secret, c.Notify.Ntfy.Token, c.Notify.Twilio.Token, c.Notify.Twilio.AuthToken,
		c.Notify.Deadman.URL, c.Hooks.Secret, c.Model.Key}
	for _, s := range c.Notify.Shoutrrr {
		all = append(all, s.URL)
	}
	for _, u := range c.Web.Users {
		all = append(all, u.Token)
	}
	var values []string
	for _, s := range all {
		if len(s.Reveal()) >= 6 {
			values = append(values, s.Reveal())
		}
	}
	for _, s := range c.Org.Services {
		for _, v := range []string{s.HookKey, s.HookSecret} {
			if len(v) >= 6 {
				values = append(values, v)
			}
		}
	}
	return values
}
