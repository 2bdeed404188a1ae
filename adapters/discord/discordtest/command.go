package discordtest

import (
	"net/http"
	"slices"
)

// Command is a registered application command.
type Command struct {
	ID                       string            `json:"id"`
	ApplicationID            string            `json:"application_id"`
	GuildID                  string            `json:"guild_id,omitempty"`
	Version                  string            `json:"version"`
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
	Contexts                 []int             `json:"contexts,omitempty"`
}

// CommandOption is an argument of a command, or a sub-command.
type CommandOption struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	Choices                  []Choice          `json:"choices,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
}

// Choice is one value of an argument. Values are strings in what this server
// offers; numbers are kept as they came.
type Choice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             any               `json:"value"`
}

func (s *Server) commandRoutes() {
	const global, guild = "/applications/{application_id}/commands", "/applications/{application_id}/guilds/{guild_id}/commands"
	for _, route := range []string{global, guild} {
		s.handle("GET", route, func(c *call) (int, any, *apiError) {
			return http.StatusOK, orEmpty(s.commands[c.id("guild_id")]), nil
		})
		s.handle("PUT", route, s.putCommands)
	}
}

func (s *Server) putCommands(c *call) (int, any, *apiError) {
	var cs []Command
	if err := c.into(&cs); err != nil {
		return 0, nil, err
	}
	scope := c.id("guild_id")
	for i := range cs {
		cs[i].ID, cs[i].Version, cs[i].ApplicationID, cs[i].GuildID = s.id(), s.id(), s.bot.ID, scope
		cs[i].Type = or(cs[i].Type, 1)
		j := slices.IndexFunc(s.commands[scope], func(o Command) bool { return o.Name == cs[i].Name && o.Type == cs[i].Type })
		if j >= 0 {
			cs[i].ID = s.commands[scope][j].ID
		}
	}
	s.commands[scope] = cs
	s.puts++
	return http.StatusOK, orEmpty(cs), nil
}

// Commands lists the registered commands of all scopes.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(slices.Clone(s.commands[s.guild]), s.commands[""]...)
}

// Registrations counts bulk overwrites of commands; Discord limits them per day.
func (s *Server) Registrations() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts
}

// command finds a registered command that can be used in the guild.
func (s *Server) command(name string, kind int) (Command, bool) {
	for _, scope := range []string{s.guild, ""} {
		for _, c := range s.commands[scope] {
			if c.Name == name && c.Type == kind {
				return c, true
			}
		}
	}
	return Command{}, false
}
