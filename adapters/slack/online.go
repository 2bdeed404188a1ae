package slack

import (
	"context"
	"errors"
	"net/http"
	"strings"

	sdk "github.com/slack-go/slack"
)

// CheckOnline asks Slack whether everything is in place: the tokens, their
// scopes, and the given channels. It returns a sentence for each thing that is
// missing, with what to do; none when all is well. An error means that Slack could
// not be asked.
func (a *Adapter) CheckOnline(ctx context.Context, channels []string) ([]string, error) {
	var granted string
	api := sdk.New(a.cfg.BotToken, sdk.OptionAPIURL(a.cfg.APIURL), sdk.OptionAppLevelToken(a.cfg.AppToken), sdk.OptionHTTPClient(a.cfg.HTTPClient),
		sdk.OptionOnResponseHeaders(func(_ string, h http.Header) {
			if s := h.Get("X-OAuth-Scopes"); s != "" {
				granted = s
			}
		}))
	if _, err := api.AuthTestContext(ctx); err != nil {
		if word, dead := deadWord(err); dead {
			return []string{"slack.bot_token is refused (" + word + "). Reinstall the app under OAuth & Permissions and copy the token that begins with xoxb-."}, nil
		}
		return nil, errors.New("slack: no answer from slack.api_url: " + wordOf(err))
	}
	problems := scopesMissing(granted)
	if a.cfg.Transport == TransportSocket {
		if _, _, err := api.StartSocketModeContext(ctx); err != nil {
			problems = append(problems, "slack.app_token cannot open a socket ("+wordOf(err)+
				"). Make an app-level token with connections:write under Basic Information, and switch Socket Mode on.")
		}
	} else if a.cfg.SigningSecret == "" {
		problems = append(problems, "slack.signing_secret is empty. Copy it from Basic Information.")
	}
	for _, id := range channels {
		if p := channelMissing(ctx, api, id); p != "" {
			problems = append(problems, p)
		}
	}
	return problems, nil
}

// scopesMissing compares what was granted with what is used.
func scopesMissing(granted string) []string {
	if granted == "" {
		return nil // the server does not say
	}
	have := map[string]bool{}
	for _, s := range strings.Split(granted, ",") {
		have[strings.TrimSpace(s)] = true
	}
	var problems []string
	for _, s := range Scopes() {
		if !have[s.Name] {
			problems = append(problems, "The scope "+s.Name+" is missing; it is needed to "+s.Why+
				". Add it under OAuth & Permissions and reinstall the app.")
		}
	}
	return problems
}

func channelMissing(ctx context.Context, api *sdk.Client, id string) string {
	c, err := api.GetConversationInfoContext(ctx, &sdk.GetConversationInfoInput{ChannelID: id})
	switch {
	case wordOf(err) == "channel_not_found":
		return "Channel " + id + " is not known to Slack, or private without the app in it. Check the id (channel details, at the bottom) and /invite the app."
	case err != nil:
		return "Channel " + id + " could not be checked: " + wordOf(err) + "."
	case c.IsArchived:
		return channelAdvice(id, "is_archived")
	case !c.IsMember && !c.IsIM:
		return channelAdvice(id, "not_in_channel")
	}
	return ""
}

// neededScope is the scope that an error asks for.
func neededScope(err error) string {
	if e, ok := errors.AsType[sdk.SlackErrorResponse](err); ok && e.Needed != "" {
		return e.Needed
	}
	return "that the call needs"
}
