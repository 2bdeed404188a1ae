package main

import (
	"hotline/adapters/notify"
	"hotline/bot/chat"
)

// notifiers makes the ways to reach people outside of chat that the configuration
// asks for.
func (h *hotline) notifiers() ([]chat.Adapter, error) {
	var list []chat.Adapter
	set, within := h.cfg.Notify, h.cfg.Notify.Timeout.Std()
	if m := h.cfg.Mail; m.Enabled {
		mail, err := notify.NewMail(notify.MailOptions{Host: m.Host, Port: m.Port, TLS: m.TLS, User: m.User, Password: m.Password.Reveal(),
			From: m.From, Name: h.cfg.Org.Name, Timeout: within})
		if err != nil {
			return nil, err
		}
		list = append(list, mail)
	}
	if set.Webhook.Enabled {
		list = append(list, notify.NewWebhook(notify.WebhookOptions{Secret: set.Webhook.Secret.Reveal(), Timeout: within}))
	}
	if set.Ntfy.Enabled {
		list = append(list, notify.NewNtfy(notify.NtfyOptions{URL: set.Ntfy.URL, Token: set.Ntfy.Token.Reveal(), Timeout: within}))
	}
	if t := set.Twilio; t.Enabled {
		// Only an address from outside is given for callbacks: providers refuse others.
		opt := notify.TwilioOptions{Account: t.Account, Sid: t.Sid, Token: t.Token.Reveal(), AuthToken: t.AuthToken.Reveal(), BaseURL: t.BaseURL,
			From: t.From, Public: h.cfg.HTTP.BaseURL, Delivered: h.delivered, Timeout: within, Log: h.log}
		list = append(list, notify.NewSMS(opt), notify.NewVoice(opt))
	}
	if len(set.Shoutrrr) > 0 {
		services := map[string]string{}
		for _, s := range set.Shoutrrr {
			services[s.ID] = s.URL.Reveal()
		}
		other, err := notify.NewShoutrrr(notify.ShoutrrrOptions{Services: services, Timeout: within})
		if err != nil {
			return nil, err
		}
		list = append(list, other)
	}
	return list, nil
}
