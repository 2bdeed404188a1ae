package discord

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// Permissions is what the bot needs in a server: to see, read and write channels
// and threads, to attach and to react, to open threads, and to make channels and
// let people in for incident rooms.
const Permissions = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages | discordgo.PermissionReadMessageHistory |
	discordgo.PermissionEmbedLinks | discordgo.PermissionAttachFiles | discordgo.PermissionAddReactions |
	discordgo.PermissionCreatePublicThreads | discordgo.PermissionCreatePrivateThreads | discordgo.PermissionSendMessagesInThreads |
	discordgo.PermissionManageThreads | discordgo.PermissionManageChannels | discordgo.PermissionManageRoles

// InviteURL is the address at which a server's owner adds the bot of an
// application.
func InviteURL(application string) string {
	return "https://discord.com/oauth2/authorize?client_id=" + url.QueryEscape(application) +
		"&scope=bot+applications.commands&permissions=" + strconv.FormatInt(Permissions, 10)
}

// CheckOnline asks Discord whether everything is in place: the token, the message
// content intent, the server, and the channels with the given ids. It returns what
// a person must do, one sentence each; an error means that Discord could not be
// asked.
func (a *Adapter) CheckOnline(ctx context.Context, channels []string) ([]string, error) {
	_, app, err := a.identity(ctx)
	if isStatus(err, http.StatusUnauthorized) {
		return []string{wordsToken}, nil
	}
	if err != nil {
		return nil, err
	}
	var found []string
	info, err := a.application(ctx)
	if err != nil {
		return nil, err
	}
	if a.opt.MessageContent && !info.hasContent() {
		found = append(found, wordsContent)
	}
	if a.opt.Application != "" && info.ID != "" && app != info.ID {
		found = append(found, "discord.application does not belong to this token: leave it empty, or copy the Application ID again.")
	}
	if a.opt.HTTP && !strings.EqualFold(a.opt.PublicKey, info.Key) && info.Key != "" {
		found = append(found, "discord.public_key is not the application's: copy it from General Information in the developer portal.")
	}
	if _, err := a.sdk.Guild(a.opt.Guild, discordgo.WithContext(ctx)); a.opt.Guild != "" && err != nil {
		found = append(found, "The bot is not in the server of discord.guild. Add it: "+InviteURL(app))
	}
	for _, id := range channels {
		err := a.rest.call(ctx, request{method: "GET", path: "/channels/" + id + "/messages?limit=1"}, nil)
		if s, serr := a.places.spot(ctx, id); serr == nil && s.isForum() {
			err = nil
		}
		if e, ok := errors.AsType[*apiError](err); ok && e.status >= 400 && e.status < 500 {
			found = append(found, wordsUnreadable(id))
		} else if err != nil {
			return found, err
		}
	}
	return found, nil
}
