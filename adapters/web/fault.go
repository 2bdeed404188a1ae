package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"hotline/bot/say"
)

// fault is a refusal: what people read, and how HTTP and programs see it.
type fault struct {
	status int
	code   string
	words  say.Words
	args   []any
	retry  time.Duration
	// text replaces words when the inbox has said it already.
	text string
}

func (f *fault) Error() string { return "web: " + f.code }

func refuse(status int, code string, args ...any) *fault {
	return &fault{status: status, code: code, words: refusals[code], args: args}
}

// say is the refusal in a language.
func (f *fault) say(lang string) string {
	if f.text != "" {
		return f.text
	}
	return f.words.In(lang, f.args...)
}

// Refusal is how the API says no.
type Refusal struct {
	Code string `json:"code"`
	Say  string `json:"say"`
}

// writeFault answers with the refusal that err is; other errors are logged and
// become "try again".
func (a *Adapter) writeFault(w http.ResponseWriter, r *http.Request, lang string, err error) {
	var f *fault
	if !errors.As(err, &f) {
		if r.Context().Err() == nil {
			a.cfg.Log.Error("web: request failed", "path", r.URL.Path, "err", err)
		}
		f = refuse(http.StatusServiceUnavailable, "unavailable")
	}
	if f.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.retry/time.Second)+1))
	}
	writeJSON(w, f.status, map[string]Refusal{"error": {Code: f.code, Say: f.say(lang)}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the reader is gone
}

// refusals are the sentences of the API's refusals, by code.
var refusals = map[string]say.Words{
	"unavailable":  {EN: "Hotline could not take this just now. Try again; nothing was lost.", ZH: "Hotline 暂时无法处理，请重试，内容没有丢失。"},
	"not_stored":   {EN: "Your message is shown here, but Hotline could not take it yet. It is tried again by itself.", ZH: "消息已显示，但 Hotline 暂时还没能收下，系统会自动重试。"},
	"login":        {EN: "Log in first.", ZH: "请先登录。"},
	"bad_token":    {EN: "This token or link is not valid any more. Ask for a new one.", ZH: "令牌或链接已失效，请重新获取。"},
	"no_channel":   {EN: "There is no such channel for you. Pick one on the left.", ZH: "找不到这个频道，请从左侧选择。"},
	"no_post":      {EN: "This message is not there any more.", ZH: "这条消息已不存在。"},
	"no_file":      {EN: "This file is not there any more.", ZH: "文件已不存在。"},
	"not_yours":    {EN: "Only the author can change a message.", ZH: "只有作者本人可以修改消息。"},
	"empty":        {EN: "Write something first.", ZH: "请先输入内容。"},
	"too_long":     {EN: "Too long: %d bytes, at most %d. Shorten it or attach it as a file.", ZH: "内容过长：%d 字节，上限 %d 字节。请精简，或作为文件附上。"},
	"bad_utf8":     {EN: "This text is not valid UTF-8. Save it as UTF-8 and paste it again.", ZH: "文本不是有效的 UTF-8 编码，请转换后重新粘贴。"},
	"bad_json":     {EN: "The request could not be read: %s.", ZH: "无法读取请求：%s。"},
	"bad_id":       {EN: "Each act needs an id of its own (a UUID).", ZH: "每次操作都需要唯一的 id（UUID）。"},
	"bad_emoji":    {EN: "This is not an emoji that can be used.", ZH: "无法使用这个表情。"},
	"bad_action":   {EN: "This button is not valid. Reload the page.", ZH: "按钮无效，请刷新页面。"},
	"bad_verb":     {EN: "There is no such action on a message.", ZH: "消息上没有这个操作。"},
	"too_large":    {EN: "Too large: a file may have at most %d MiB.", ZH: "文件过大：单个文件上限 %d MiB。"},
	"many_files":   {EN: "At most %d files with one message.", ZH: "每条消息最多附 %d 个文件。"},
	"no_files":     {EN: "Files cannot be attached here.", ZH: "此处不支持附件。"},
	"empty_file":   {EN: "This file is empty.", ZH: "文件为空。"},
	"slow_down":    {EN: "That was a lot at once. Wait a moment and try again.", ZH: "操作过于频繁，请稍候再试。"},
	"many_streams": {EN: "Too many open windows. Close one and reload.", ZH: "打开的窗口过多，请关闭一些后刷新。"},
	"leads_only":   {EN: "This page is for leads.", ZH: "此页面仅供负责人查看。"},
	"staff_only":   {EN: "This page is for the people of the hotline.", ZH: "此页面仅供值班人员查看。"},
	"no_page":      {EN: "There is no such page.", ZH: "没有这个页面。"},
	"cross_origin": {EN: "This request came from another site and was refused.", ZH: "请求来自其他网站，已拒绝。"},
	"bad_link":     {EN: "This link is not valid or has expired. Ask for a new one in chat.", ZH: "链接无效或已过期，请在聊天中重新获取。"},
	"bad_host":     {EN: "The demo answers only on this machine's own address.", ZH: "演示环境只接受本机地址的访问。"},
	"bad_rating":   {EN: "Choose one to five.", ZH: "请选择 1 到 5 分。"},
}
