/**
 * The emoji that people reach for, each with the names by which it is found.
 *
 * Fetched when somebody first types a colon and two letters.
 */

export type EmojiFact = readonly [sign: string, names: readonly string[]];

const LISTED = `
🙂 smile slightly_smiling|😀 grin happy|😄 joyful laugh|😅 sweat_smile phew|😂 joy tears laughing|🤣 rofl
😊 blush warm|😇 angel innocent|😉 wink|😍 heart_eyes love_it|🥰 adore|😘 kiss|😋 yum tasty|😎 cool sunglasses
🤩 star_struck wow|🤗 hug|🤔 thinking hmm|🤨 raised_eyebrow|😐 neutral|😏 smirk|😬 grimace awkward|🙄 eye_roll
😌 relieved|😴 sleeping|😷 mask ill|🤒 sick thermometer|🥳 party celebrate|😕 confused|🙁 frown|☹️ sad
😮 surprised open_mouth|😯 hushed|😲 astonished|😳 flushed|🥺 pleading please|😢 cry|😭 sob|😱 scream|😖 confounded
😞 disappointed|😓 downcast|😩 weary|😤 huff triumph|😠 angry|🤯 mind_blown|😶 speechless|🫠 melting|🫡 salute
👍 thumbs_up yes plus_one|👎 thumbs_down no|👌 ok_hand|🤝 handshake deal|👏 clap bravo|🙌 raised_hands hooray
🙏 pray thanks thank_you please|💪 strong muscle|👋 wave hello bye|✋ hand stop|🤞 fingers_crossed luck|✌️ victory peace
👉 point_right|👈 point_left|👆 point_up|👇 point_down|☝️ index one|🤷 shrug|🤦 facepalm|🙋 raising_hand me|👀 eyes look
❤️ heart love|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|💔 broken_heart
💯 hundred|✨ sparkles|⭐ star|🌟 glowing_star|🔥 fire hot|🎉 tada party_popper|🎊 confetti|🎁 gift present|🎂 cake birthday
🏆 trophy|🥇 gold first|✅ check done yes|☑️ ticked|✔️ tick|❌ cross no wrong|⚠️ warning careful|🚫 forbidden
❓ question|❗ exclamation important|💡 idea bulb|📌 pin|📍 place location|🔔 bell|🔕 no_bell|🔒 lock|🔓 unlock|🔑 key
📦 package parcel box|🚚 truck delivery shipping|✈️ plane|🚢 ship|🚲 bike|🏠 home house|🏬 shop store|🛒 cart basket
🛍️ shopping bags|💳 card credit payment|💶 euro money|💵 dollar cash|🧾 receipt invoice|🏷️ label tag price|💰 money_bag
📧 email mail|✉️ letter envelope|📞 phone call|📱 mobile smartphone|💻 laptop|🖥️ computer|⌨️ keyboard|🖨️ printer
📷 camera|📎 paperclip attach|📄 document page|📁 folder|📅 calendar date|⏰ alarm clock|⏳ hourglass waiting
🕐 one_oclock time|📊 chart|📈 rising up|📉 falling down|🔍 search magnifier|🔗 link|🔧 wrench fix|🔨 hammer|⚙️ gear settings
🐛 bug|🚀 rocket launch|🎯 target dart|🧪 test|♻️ recycle|➡️ right_arrow|⬅️ left_arrow|⬆️ up_arrow|⬇️ down_arrow|🔄 refresh again
☀️ sun sunny|🌧️ rain|❄️ snow cold|🌈 rainbow|🌍 earth world|🌱 seedling green|🌸 blossom|🌹 rose|🌻 sunflower|🍀 clover
🐶 dog|🐱 cat|🦄 unicorn|🐣 chick|🦊 fox|🐢 turtle slow|🐇 rabbit fast|🐝 bee
☕ coffee|🍵 tea|🍕 pizza|🍰 slice|🍪 cookie|🍎 apple|🍷 wine|🍺 beer|🥂 cheers
👟 shoe sneaker|👕 shirt|👗 dress|👖 jeans trousers|🧥 coat jacket|🧢 cap|🧣 scarf|🧦 socks|👜 handbag|👓 glasses|💍 ring|⌚ watch
⚽ football|🏃 running|🎵 music|📚 books|🎨 art|🎮 game|🎄 christmas|🎃 halloween|🐰 easter bunny
`;

export const EMOJI: readonly EmojiFact[] = LISTED.trim()
  .split(/[\n|]/)
  .map((each): EmojiFact => {
    const [sign = "", ...names] = each.trim().split(" ");
    return [sign, names];
  });
