// The English words: words.ts says what for. The order is part of the meaning and never changes.

export const words: string = `
  acid across action actor address advice afraid after again agent agree ahead airport album almond along
  alphabet already also always amber amount anchor animal ankle answer antenna anyone apart apple apricot
  apron arcade arch arctic area argue armchair arrival arrow artist aside asleep athlete atlas atom attic
  august aunt autumn avenue average avocado awake award away baby badge bagel baker balance balcony ball
  bamboo banana banjo bank banner barber barley barn barrel basket bath battery beacon bean beauty beaver
  become beef beetle before begin behind believe belong belt bench beside better between beyond bicycle
  bigger bird birthday bishop black blanket blossom board body bonfire book borrow bottle bowl bracelet
  branch brave bread breeze brick bridge bright broken bronze brother brown brush bubble bucket budget
  buffalo builder bundle burger busy butcher button cabbage cabin cable cactus cake calendar camel canal
  candy canoe canvas canyon capital caravan career cargo carnival carrot cartoon castle ceiling celery
  cement century cereal certain chain chalk champion chance chapter charge cheap check cheese cherry chess
  chicken chief child chimney choice choose circus city clap class clean clerk climb clinic close cloth
  clover club coat coconut coffee cold college color column comb comet comfort common compass concert copper
  copy coral corn correct cosmic cottage couch country couple courage cousin cowboy crab cradle crane crayon
  creek cricket crisp crop crowd cruise crystal cube cucumber culture cupboard curious curve cushion custom
  cycle daily dance dark daughter daylight dear december decide degree delight dentist depth design desk
  dessert detail diamond diary dice direct disco distance divide doctor dolphin domino donkey door double
  dough downtown dragon drawer dream dress drift drink drive drum duck during duty dwarf eager eagle early
  earth easel easy echo edge editor effort eight either elbow eleven else empty engine english enjoy enough
  enter equal escape evening ever exact example except exit expert explain express extra eyebrow fabric
  factory family famous farmer fashion fast favor feather february feed fence fern ferry festival fiber
  fiction field fifty figure film final finger finish fire first fish fleet float flock flour flower fluid
  flute focus foggy folder follow food forever fork fortune forward fossil fragile frame freezer frequent
  fresh friday friend frog front frozen fruit full funny future galaxy gallery game garage garden garlic
  gather gentle giant giraffe give glacier glad globe glory glue goal goose gorilla gossip grammar grand
  graph grass gravity great green grey grocery group grow guard guess guide guitar habit half hammer happen
  harbor harvest hazel healthy heart heavy helmet helpful here heron hidden high hippo history hobby hockey
  holiday honest hope horizon horse hospital hotel hour human humor hundred hunter hurry iceberg idea image
  improve inch increase indoor inside invite iron island itself ivory jacket jaguar january jazz jeans jelly
  jewel join joke journal judge juice july jump june jungle junior just kangaroo keep kettle keyboard kick
  kind kingdom kitchen kite kitten kiwi knee knife knock knot koala label ladder lady lamp language lantern
  large laugh laundry lava lawn layer leader leaf learn left legend lemon length lens leopard lesson lettuce
  level library lily lime linen lion liquid listen little lizard lobster local logic loud lounge love lucky
  lunch luxury machine magic magnet mail major mammal mango maple marble margin marina market marsh mask
  master maximum meadow measure medium melody member memory menu message metal method midnight mill mineral
  minute mirror mist mixture mobile model moment monday money month moon morning moss motor mountain mouse
  movie much muffin muscle museum mushroom music mustard mystery napkin nation natural neck needle neighbor
  nephew nest network news nine noble noise noodle normal north note nothing notice novel number nurse nylon
  oasis object obvious ocean octopus offer office often olive omelet once only opera opinion optical orbit
  orchard order organ ostrich other outdoor outside oval oven owner oxygen oyster package page paint pair
  palace palm pancake panda panel panther papaya paper parade parcel parent parsley partner pass pasta
  patient pause peach peak peanut pearl pebble pedal pelican pencil penguin pepper perfume perhaps person
  phone photo phrase piano picnic picture piece pigeon pillow pilot pink pioneer pirate pizza plain planet
  plastic plate play please plenty plum poem polite pond popcorn popular porch portrait possible postcard
  potato pottery powder practice prairie prefer present pretty price problem produce program promise proof
  proper protect proud public pudding pumpkin puppy pure purpose push puzzle pyramid quality quarter queen
  question quick quiet quite rabbit raccoon race radar radio raft railway rain raisin random range rapid
  raven ready recipe record recycle reflect region regular relax remember repair repeat reply report rescue
  result return reward rhythm ribbon rich riddle ring ripe river road robin robot rocket romance room
  rooster rose round route royal rubber ruby rule runner saddle salad salmon salt sample sand satin saturday
  sausage save scarf scene school science scissors scooter scout screen sculptor seal search season second
  secret select senior sense sentence separate serious seven shadow shallow shape sharp sheep shelter shine
  ship shirt shore shoulder shovel show signal silence silk silver similar sister sixteen size skate sketch
  skill small smile smooth snail soap soccer social sock sofa soil solar solid some song space spark special
  speed spell spider spinach spiral spoon sport spring square squirrel stable stadium stage stairs stamp
  start station stay steam steel step stone story straight street strong studio style subject subway sudden
  sugar suit summer sunday sunset super surface surprise swan sweet swim swing switch symbol system tablet
  talent talk target taste taxi teacher temple tennis tent terrace thank theater theme thick thing third
  thousand three through thumb thunder thursday ticket tiger tiny tired title toast today together tomato
  tomorrow tongue tonight tooth topic total toward tower town track trade traffic trail travel tray treasure
  triangle trip trolley trophy true trumpet trust truth tuesday tulip tunnel turkey turn turtle twelve
  twenty twice twin type umbrella uncle under unicorn uniform unique unit universe until upstairs urban
  useful usual vacation valley vanilla vase vehicle velvet verb video village vinegar violet visible voice
  volcano volume voyage wagon waiter wallet walnut warm wash watch week welcome well wheat wheel whistle
  white whole wide wild window winner wisdom wolf wonder wool word yard yellow yogurt young youth zebra zero
`;
