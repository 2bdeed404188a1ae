// A small bot on discord.js. It prints one JSON line for each thing it sees, and
// answers every kind of interaction.
const {
  Client, GatewayIntentBits, Partials, MessageFlags, ModalBuilder, TextInputBuilder, TextInputStyle, ActionRowBuilder, ButtonBuilder, ButtonStyle,
} = require('discord.js');

const say = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));
const fail = (e) => say('error', { text: String(e && e.stack || e) });
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);

const client = new Client({
  intents: [
    GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.GuildMessageReactions,
    GatewayIntentBits.DirectMessages, GatewayIntentBits.MessageContent,
  ],
  partials: [Partials.Channel],
  rest: { api: process.env.DISCORD_API, version: '10' },
});

client.once('ready', async () => {
  await client.application.commands.set([{
    name: 'status', description: 'How a case stands',
    options: [{ type: 3, name: 'case', description: 'Its number', required: true, autocomplete: true }],
  }], process.env.DISCORD_GUILD);
  say('ready', { name: client.user.username });
});
client.on('messageCreate', async (m) => {
  if (m.author.bot) return;
  say('message', { text: m.content, user: m.author.id, name: m.attachments.first()?.name ?? '' });
  if (!m.inGuild() || m.channel.isThread()) return;
  const thread = await m.startThread({ name: 'F-10018' });
  const button = new ButtonBuilder().setCustomId('ack').setLabel('Acknowledge').setStyle(ButtonStyle.Primary);
  const sent = await thread.send({ embeds: [{ title: 'F-10018' }], components: [new ActionRowBuilder().addComponents(button)], files: [{ attachment: Buffer.from('log'), name: 'log.txt' }] });
  await sent.edit({ content: 'edited' });
  say('thread', { value: thread.id, id: sent.id });
});
client.on('messageUpdate', (_, m) => { if (!m.author.bot) say('edit', { text: m.content }); });
client.on('messageDelete', (m) => say('delete', { value: m.id }));
client.on('messageReactionAdd', (r, u) => say('reaction', { text: r.emoji.name, user: u.id }));
client.on('threadCreate', (t) => say('threadCreate', { value: t.id }));
client.on('shardResume', () => say('resume'));
client.on('interactionCreate', async (i) => {
  if (i.isAutocomplete()) {
    await i.respond([{ name: 'F-10018 payments', value: 'F-10018' }]);
  } else if (i.isChatInputCommand()) {
    await i.deferReply({ flags: MessageFlags.Ephemeral });
    await i.editReply('status of ' + i.options.getString('case'));
    await i.followUp({ content: 'more', flags: MessageFlags.Ephemeral });
  } else if (i.isButton()) {
    const text = new TextInputBuilder().setCustomId('why').setLabel('Why').setStyle(TextInputStyle.Short);
    await i.showModal(new ModalBuilder().setCustomId('form').setTitle('Why').addComponents(new ActionRowBuilder().addComponents(text)));
  } else if (i.isModalSubmit()) {
    await i.update({ content: 'because ' + i.fields.getTextInputValue('why') });
  }
});
client.on('error', fail);
client.login(process.env.DISCORD_TOKEN).catch(fail);
