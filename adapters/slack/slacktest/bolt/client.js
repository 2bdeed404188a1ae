// Connects @slack/bolt to a local server, answers what arrives and prints one
// JSON line per thing it saw, so that the Go test can compare.
const { App, LogLevel } = require("@slack/bolt");

const say = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));

const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});

app.message(async ({ message, say: post }) => {
  if (message.subtype) return;
  say("message", { text: message.text, user: message.user });
  const res = await post({ text: "heard", thread_ts: message.ts });
  say("posted", { ok: res.ok });
});
app.event("app_mention", async ({ event }) => say("mention", { text: event.text }));
app.event("reaction_added", async ({ event }) => say("reaction", { name: event.reaction, ts: event.item.ts }));
app.event("app_home_opened", async ({ event, client }) => {
  await client.views.publish({
    user_id: event.user,
    view: { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text: "at home" } }] },
  });
  say("home", { user: event.user });
});
app.command("/hotline", async ({ command, ack, client, respond }) => {
  await ack("one moment");
  const res = await client.views.open({
    trigger_id: command.trigger_id,
    view: {
      type: "modal",
      callback_id: "report",
      title: { type: "plain_text", text: "Report" },
      submit: { type: "plain_text", text: "Send" },
      blocks: [
        {
          type: "input",
          block_id: "what",
          label: { type: "plain_text", text: "What" },
          element: { type: "plain_text_input", action_id: "value" },
        },
      ],
    },
  });
  await respond("after");
  say("command", { text: command.text, view: res.view.id });
});
app.view("report", async ({ ack, view }) => {
  const text = view.state.values.what.value.value;
  if (text.length < 5) {
    await ack({ response_action: "errors", errors: { what: "too short" } });
    say("refused", { text });
    return;
  }
  await ack();
  say("submitted", { text });
});
app.action("press", async ({ ack, body, client }) => {
  await ack();
  await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: "pressed" });
  say("action", { value: body.actions[0].value });
});
app.shortcut("turn", async ({ ack, shortcut }) => {
  await ack();
  say("shortcut", { text: shortcut.message.text });
});
app.error(async (error) => say("error", { text: String(error) }));

(async () => {
  await app.start();
  say("started");
})();
