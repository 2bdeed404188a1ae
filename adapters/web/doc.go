// Package web is the chat platform that Hotline hosts itself: the web workspace,
// the customer's ticket page, and a few read-only pages for the people of the
// hotline. Messages live on a [chat.Board]; everything that somebody does becomes
// a [chat.Event].
//
// # The API
//
// The pages are drawn by the server; what happens on them goes through a small
// JSON API, which other programs may use as well. A program identifies itself
// with "Authorization: Bearer TOKEN" ([User.TokenHash]), a browser with the
// session cookie. In demo there is no secret: the header "X-Hotline-As: USER" or
// the parameter "as" names the person.
//
//	GET    /api/me                     who I am, channels with unread counts, people, verbs, limits
//	GET    /api/posts                  ?channel= &thread= &before= &after= &limit=   visible posts, oldest first
//	GET    /api/posts/{post}           one post
//	POST   /api/posts                  {id, channel, thread, text, files}   say something; "/verb args" is a command
//	PATCH  /api/posts/{post}           {id, text}                           edit my own
//	DELETE /api/posts/{post}           {id}                                 take back my own
//	POST   /api/posts/{post}/reactions {id, emoji, removed}
//	POST   /api/posts/{post}/press     {id, action}                         press a button; action as listed in the post
//	POST   /api/posts/{post}/shortcut  {id, verb}                           a message action, such as "turn into a case"
//	POST   /api/commands               {id, channel, thread, verb, args}
//	POST   /api/forms                  {id, channel, thread, form, values}  submit a form
//	POST   /api/home                   {id}                                 I opened my own page of the bot
//	GET    /api/suggest                ?verb= &arg= &prefix= &channel= &thread=   choices for an argument
//	POST   /api/files                  ?name=   the bytes as body; answers {id, name, type, size}
//	GET    /files/{post}/{n}           the n-th file of a post, from 0
//	POST   /api/seen                   {channel, thread, post}              read up to there
//	GET    /api/stream                 server-sent events, see below
//	POST   /api/session                {user} in demo, {token} else         log in; DELETE logs out
//
// "id" is a UUID that the caller makes once for each act and keeps when it tries
// again: the same id is the same act, whatever the number of tries. An act
// answers with {post, form, errors, say, follows, duplicate}, each when there is
// one: the post as stored, a form to fill in now, errors beside fields (status
// 422), words for this person only, and whether an answer will follow on the
// stream. A refusal is {"error": {"code", "say"}}, with words for people in the
// person's language. 429 carries Retry-After in seconds.
//
// # The stream
//
// /api/stream sends "hello" first, then "post" with a whole post each time one is
// said, changed, taken back or reacted to (the post with the highest revision
// counts), and "channels" when the list of channels has changed. Every event has
// an id; after a break, Last-Event-ID resumes where it ended. When the gap is too
// long to fill, or the program was restarted, "reset" comes first and the reader
// asks /api/posts anew. A comment every 15 seconds keeps proxies awake.
//
// # Who sees what
//
// A post with a person in Only is delivered to that person alone, on every way
// out. A channel exists only for its members; a direct conversation "dm:USER" and
// a personal page "home:USER" only for that person; rooms for those invited and
// the people of the hotline.
package web
