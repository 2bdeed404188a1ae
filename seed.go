package main

import (
	"context"
	"errors"
	"fmt"

	"hotline/bot"
	"hotline/bot/chat"
)

// seed fills an empty demo database with articles and some cases that were solved
// before. A database that has articles is left as it is.
func (h *hotline) seed(ctx context.Context) error {
	var there []bot.Article
	err := h.store.View(ctx, func(r bot.Reader) (err error) {
		there, err = r.Articles()
		return err
	})
	if err != nil || len(there) > 0 {
		return err
	}
	return h.store.Do(ctx, func(tx bot.Tx) error {
		for i, a := range demoArticles() {
			a.ID, a.State, a.Revision = fmt.Sprintf("KB-%d", i+1), bot.ArticlePublished, 1
			a.Author, a.Reviewer = "anna-berg", "sofia-rossi"
			a.Created, a.Updated = tx.Now(), tx.Now()
			a.Review = tx.Now().AddDate(0, 6, 0)
			if err := h.desk.PutArticle(tx, a); err != nil {
				return err
			}
		}
		for _, s := range demoSolved() {
			if err := h.seedCase(tx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// solved is a case of the past.
type solved struct {
	reporter, owner, service, text, cause, solution string
	severity                                        bot.Severity
	score                                           int
}

// seedCase plays a case from report to rating and drops what would be said about
// it: it is over.
func (h *hotline) seedCase(tx bot.Tx, s solved) error {
	w := h.desk.World(tx)
	reporter, owner := w.ActorByID(s.reporter), w.ActorByID(s.owner)
	out, err := h.desk.Apply(tx, reporter, 0, bot.Open{Text: s.text, Severity: s.severity, Customer: reporter.Customer, Service: s.service, Source: "web"})
	if err != nil {
		return err
	}
	id := out.Case.ID
	for _, step := range []struct {
		who bot.Actor
		cmd bot.Command
	}{
		{owner, bot.Acknowledge{}},
		{owner, bot.Respond{Mode: "remote"}},
		{owner, bot.Resolve{Cause: s.cause, Solution: s.solution}},
		{reporter, bot.Confirm{}},
		{reporter, bot.Rate{Score: s.score}},
	} {
		if _, err := h.desk.Apply(tx, step.who, id, step.cmd); err != nil {
			return err
		}
	}
	var errs []error
	for _, intent := range []chat.Intent{chat.IntentPage, chat.IntentReceipt, chat.IntentCard, chat.IntentReply, chat.IntentNotice, chat.IntentRoom} {
		_, err := tx.DropLetters(id, intent, "of the past")
		errs = append(errs, err)
	}
	return errors.Join(append(errs, tx.CancelTimers(id))...)
}

func demoSolved() []solved {
	return []solved{
		{"emma-olsen", "anna-berg", "payments", "Card payments time out in the evening between 19:00 and 20:00", "the settlement job locked the orders table",
			"Moved the settlement job to 03:00 and added an index on orders(settled_at).", 2, 5},
		{"wang-fang", "li-wei", "sorting", "二号分拣线扫码后不落格,屏幕提示 E-2041", "光电传感器积灰导致信号丢失",
			"清洁并校准 2 号线光电传感器,重启控制柜后恢复。", 2, 4},
		{"lars-dahl", "tom-novak", "portal", "Exported invoices open as an empty page in the browser", "the PDF service had no fonts after the update",
			"Installed the font package on the PDF nodes and restarted the service.", 3, 5},
	}
}

// demoArticles are a dozen fixes in both languages.
func demoArticles() []bot.Article {
	en := func(title, symptom, cause, solution string) bot.Article {
		return bot.Article{Lang: "en", Title: title, Symptom: symptom, Cause: cause, Solution: solution}
	}
	zh := func(title, symptom, cause, solution string) bot.Article {
		return bot.Article{Lang: "zh", Title: title, Symptom: symptom, Cause: cause, Solution: solution}
	}
	return []bot.Article{
		en("Payments fail with 502 after a gateway deploy", "Customers see 502 Bad Gateway at checkout; gateway log shows upstream connection refused.",
			"New gateway nodes start before their upstream pool is warm.", "Restart the gateway nodes one by one with `gatewayctl drain NODE`, wait for health green, then continue."),
		en("Login fails with error AUTH-1107", "Sign-in page says AUTH-1107 although the password is right.",
			"The clock of the identity node is more than two minutes off.", "Restart time synchronisation on the identity node; sign-in works again within a minute."),
		en("Database refuses connections: too many clients", "Application log: FATAL: sorry, too many clients already.",
			"A connection pool was raised above the server's limit.", "Lower pool.max to 40 on each application node, or raise max_connections and restart in the maintenance window."),
		en("Disk full on a log volume", "Alerts: no space left on device under /var/log; services stop writing.",
			"Log rotation stopped after a permission change.", "Delete rotated logs older than 14 days, correct the owner of the rotation folder, run the rotation once by hand."),
		en("Webhook deliveries are late by minutes", "Events reach the shop 5 to 20 minutes late; queue depth grows.",
			"One slow receiver blocks its shard.", "Pause the slow endpoint in Settings, Webhooks; deliveries to the others catch up at once."),
		en("Certificate expired on the API endpoint", "Clients report x509: certificate has expired or is not yet valid.",
			"Renewal failed because the DNS record for validation was removed.", "Restore the validation record, run the renewal job, reload the load balancer."),
		zh("分拣线扫码后不落格,报警 E-2041", "包裹扫码成功但不进入目标格口,屏幕显示 E-2041。", "光电传感器积灰或松动,信号丢失。",
			"停线后清洁传感器镜面,检查插头,按“校准”键 3 秒,重启控制柜。"),
		zh("系统无法登录,提示登录超时", "打开登录页正常,点击登录后一直等待,最后提示超时。", "认证服务线程耗尽。",
			"在运维平台重启认证服务(auth-server),约 1 分钟后恢复;同时检查是否有脚本频繁登录。"),
		zh("数据库连接数已满,报 ORA-00020", "应用日志出现 ORA-00020,部分页面打不开。", "连接池上限之和超过数据库进程数上限。",
			"将每个应用节点的连接池上限调到 30,或在维护窗口调大 processes 参数后重启数据库。"),
		zh("扫码枪连不上工作站", "扫码枪指示灯闪红,工作站收不到条码。", "蓝牙配对信息丢失。", "长按扳机 10 秒清除配对,扫描工作站右下角的配对码重新连接。"),
		zh("报表导出为空白文件", "导出的报表打开是空白页,换浏览器也一样。", "升级后报表服务缺少中文字体。", "在报表服务器安装中文字体包,重启报表服务。"),
		zh("磁盘空间不足导致任务失败", "夜间任务失败,日志提示 No space left on device。", "临时目录未清理。", "清理 /data/tmp 下 7 天前的文件,开启自动清理任务。"),
	}
}
