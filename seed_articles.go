package main

import "hotline/bot"

// demoArticles are fixes in both languages, with what customers said when they needed
// them, an FAQ, a tip, a release note and a known problem.
func demoArticles() []bot.Article {
	return append(demoFixes(), demoOthers()...)
}

func article(lang, title, symptom, cause, solution string) bot.Article {
	return bot.Article{Lang: lang, Title: title, Symptom: symptom, Cause: cause, Solution: solution}
}

func demoFixes() []bot.Article {
	list := []bot.Article{
		article("en", "Payments fail with 502 after a gateway deploy", "Customers see 502 Bad Gateway at checkout; gateway log shows upstream connection refused.",
			"New gateway nodes start before their upstream pool is warm.", "Restart the gateway nodes one by one with `gatewayctl drain NODE`, wait for health green, then continue."),
		article("en", "Login fails with error AUTH-1107", "Sign-in page says AUTH-1107 although the password is right.",
			"The clock of the identity node is more than two minutes off.", "Restart time synchronisation on the identity node; sign-in works again within a minute."),
		article("en", "Database refuses connections: too many clients", "Application log: FATAL: sorry, too many clients already.",
			"A connection pool was raised above the server's limit.", "Lower pool.max to 40 on each application node, or raise max_connections and restart in the maintenance window."),
		article("en", "Disk full on a log volume", "Alerts: no space left on device under /var/log; services stop writing.",
			"Log rotation stopped after a permission change.", "Delete rotated logs older than 14 days, correct the owner of the rotation folder, run the rotation once by hand."),
		article("en", "Webhook deliveries are late by minutes", "Events reach the shop 5 to 20 minutes late; queue depth grows.",
			"One slow receiver blocks its shard.", "Pause the slow endpoint in Settings, Webhooks; deliveries to the others catch up at once."),
		article("en", "Certificate expired on the API endpoint", "Clients report x509: certificate has expired or is not yet valid.",
			"Renewal failed because the DNS record for validation was removed.", "Restore the validation record, run the renewal job, reload the load balancer."),
		article("zh", "分拣线扫码后不落格,报警 E-2041", "包裹扫码成功但不进入目标格口,屏幕显示 E-2041。", "光电传感器积灰或松动,信号丢失。",
			"停线后清洁传感器镜面,检查插头,按“校准”键 3 秒,重启控制柜。"),
		article("zh", "系统无法登录,提示登录超时", "打开登录页正常,点击登录后一直等待,最后提示超时。", "认证服务线程耗尽。",
			"在运维平台重启认证服务(auth-server),约 1 分钟后恢复;同时检查是否有脚本频繁登录。"),
		article("zh", "数据库连接数已满,报 ORA-00020", "应用日志出现 ORA-00020,部分页面打不开。", "连接池上限之和超过数据库进程数上限。",
			"将每个应用节点的连接池上限调到 30,或在维护窗口调大 processes 参数后重启数据库。"),
		article("zh", "扫码枪连不上工作站", "扫码枪指示灯闪红,工作站收不到条码。", "蓝牙配对信息丢失。", "长按扳机 10 秒清除配对,扫描工作站右下角的配对码重新连接。"),
		article("zh", "报表导出为空白文件", "导出的报表打开是空白页,换浏览器也一样。", "升级后报表服务缺少中文字体。", "在报表服务器安装中文字体包,重启报表服务。"),
		article("zh", "磁盘空间不足导致任务失败", "夜间任务失败,日志提示 No space left on device。", "临时目录未清理。", "清理 /data/tmp 下 7 天前的文件,开启自动清理任务。"),
	}
	list[0].Aliases, list[0].Helped = []string{"payments answer 502"}, 2
	list[1].Aliases, list[1].Helped = []string{"Nobody can sign in any more, AUTH error"}, 3
	list[6].Aliases, list[6].Helped = []string{"扫码以后包裹不进格口"}, 4
	list[7].Helped, list[7].Failed = 2, 1
	return list
}

func demoOthers() []bot.Article {
	faq := article("en", "How do I export invoices as PDF?", "Where can I export or download the invoices of a month as PDF?", "",
		"Billing, Invoices: choose the month, press Export, then PDF. Several months come as one archive.")
	faq.Kind, faq.Helped = bot.KindFAQ, 5
	tip := article("zh", "批量打印面单更快的方法", "一次要打印很多面单,逐张打印太慢。", "", "在发货列表按住 Shift 选择一段,按 Ctrl+P 一次打印;每批不超过 200 张。")
	tip.Kind = bot.KindTip
	release := article("en", "What is new in portal 4.3", "Release note of portal 4.3.", "",
		"Orders can be filtered by site; exports keep the chosen columns; the sign-in page remembers the language.")
	release.Kind, release.Product, release.Version = bot.KindRelease, "portal", "4.3"
	known := article("en", "Portal search misses orders of the last hour", "New orders are not found by the search of the portal until about an hour later.",
		"The search index is filled once an hour since 4.3.", "Open the order by its number in the address bar, or sort the order list by date: new orders are at the top.")
	known.Known, known.Product, known.Version = bot.KnownOpen, "portal", "4.3"
	return []bot.Article{faq, tip, release, known}
}
