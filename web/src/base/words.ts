// Words for hashes that people compare by reading them aloud: the safety words of a room, the words of two
// devices that are being paired. 1024 common words of 4 to 8 letters in each language, ten bits a word. No two
// of a list differ by one letter only, accents aside. The lists are independent: people compare in one language.

import type { Bytes } from './bytes.ts';

export type WordsLang = 'en' | 'fr';

const BITS = 10;

// The first count x 10 bits of the hash, the highest bit first.
export function wordsOf(hash: Bytes, count: number, lang: WordsLang): string[] {
  if (count * BITS > hash.length * 8)
    throw new RangeError(`${hash.length} bytes are too few for ${count} words`);
  return Array.from({ length: count }, (_, word) => {
    let value = 0;
    for (let bit = word * BITS; bit < (word + 1) * BITS; bit++) {
      value = value * 2 + (((hash[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    }
    return WORDS[lang][value] as string;
  });
}

function split(text: string): string[] {
  return text.trim().split(/\s+/);
}

const EN = split(`
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
`);

const FR = split(`
  abeille abricot absence accent accord achat acteur action aérien affaire affiche agenda agneau agrafe
  aigle aiguille ailleurs aimable aimer alarme album algue alliance alors alouette alphabet alpin amande
  amener amical amitié ample ampoule amusant ananas ancien ancre animal année anorak antenne août appel
  apporter appui après aquarium arbitre arbre arcade archet ardoise argile armoire arôme arriver arrosoir
  artiste aspect assez assiette astre atelier athlète atlas attendre auberge audace aurore autant autour
  avance avenue averse aviron avis avocat avoine avril azur bagage bague baignade balade balcon baleine
  balle bambou banane banc bandeau banjo banque barbe barrage bassine beauté belette berceau besoin beurre
  bijou biscuit bison blason bleuet blouse bobine bois bonbon bonnet bonsoir bord botte boucle bouée boulon
  bouquet bourgeon boussole brebis bref brique broche bronze brosse brouette bruit brume brun bruyère
  buisson bureau butin buvette cabane cacao cachette cactus cadeau cadran cahier caillou caisse calcul
  camarade caméra camion campagne canapé canoë cantine canyon capable capitale caprice caramel cargo carnet
  carotte carreau carton cascade castor cause caverne ceinture céleri cercle cerf cerise certain chacun
  chaîne chaleur chameau chandail chapitre chaque charbon chaton chaud chemise chêne cheveu chien chiffre
  chocolat choisir chose chouette cidre ciel cigale cigogne cinéma cinq cirque ciseau citerne citron clarté
  classe clef client climat cloche clou clown cocotier cœur coffre colline colombe combat commande compte
  concert conduire confort conseil conte copain copie coquille corail corbeau corde correct cortège coton
  coupe coureur cousin couteau craie cravate crayon crêpe creux cricket crinière crocus croix cueillir cuir
  cuisine culture curieux cycle cygne cyprès dame danger danse dauphin début décor dedans degré dehors
  déjeuner délice demande demi dent départ dernier derrière désir dessert détail deux devant devenir devoir
  diamant dictée diète dimanche dinde dîner diplôme dire disque distance dixième docteur doigt domaine
  domino donner dorade dormir dossier doubler douche douze dragon drapeau dune durable durée écart échange
  écho éclair école écorce écran écrire écrou écume édifice effet effort égal église élan élève élite éloge
  émail émotion empire emploi encore endroit énergie énigme entier entrée envie envoi épaule épice épinard
  éponge époque épreuve équipe érable escalier espace espoir esprit essai essence estrade étang étape état
  étoile étonner étrange étude exact examen exemple exercice exil exploit exposé extrait fabrique façade
  facile façon faible falaise famille fanfare fauteuil favori fenêtre ferme festin feuille février ficelle
  fiction fidèle fier figue filet film finale flanelle flèche fleur flocon flotte flûte foire folie fonction
  fontaine football force forêt fossile foudre fougère foulard fourmi fracas fragile frein frêne fresque
  friand frise front fusée futur gagner galaxie galerie galop garage garçon garder gare gâteau gauche gaufre
  gazelle gazon géant genre gens gentil géologue gibier girafe givre glacier gland globe gloire golfe gomme
  gourde goûter graine grange grappe gravure grenier grimper gris grotte groupe gruau guépard guide guitare
  habit haie halte hamac hamster hanche hangar haricot harpe hasard hérisson héron heureux hibou histoire
  hiver homard honneur horizon horloge hôtel houx huile huit humble humeur humide hutte hymne iceberg idée
  igloo immense insecte instant inviter jacinthe jadis jaguar jamais jambe jardin jasmin jaune javelot jeton
  jeudi joie joli jongleur joueur journal joyau joyeux juillet juin jument jungle jupe juste karaté kayak
  képi kimono kiwi koala lagune laine laisser laitue lampion lancer langue lanterne lapin large laurier
  lavande lave leçon léger légume lenteur léopard lettre levain levier lézard liane liberté licorne lièvre
  lilas limite linge lion liquide litre logique loin long lotus loup loutre lucarne lueur luge lumière
  lunette lynx lyre machine magie mairie maître malice maman manège manteau marcher mardi marée margelle
  marin marmite marron mars masque matelas mauve médaille méduse meilleur mélange mélodie membre mémoire
  menton menu merci mérite merle message mesure méthode mètre meuble midi milieu mille mince minéral minuit
  miracle moderne moins moisson moment monnaie montagne mosaïque moteur mouette moufle moulin mousse mouton
  moyen muguet muraille mûre murmure muscle musique mystère nacre nageur nappe narine nation nature navette
  navire nectar neige nénuphar neuf niche nièce noble nocturne nœud noir noisette normal note nougat nouveau
  nuage nuance nuque oasis objet oblique océan octobre officier offrir oignon olive ombre oncle opéra orbite
  orchidée ordre oreille organe orge origine orteil otarie ouate oublier ouest ourson outil ouvert ouvrage
  ovale oxygène paille pain paire paisible palais palme panda panneau panthère papaye papillon parade
  parcours pardon parent parfum parler parole parquet partage pastel patate patience payer paysage pêcheur
  pédale peigne peintre pélican pelle pelouse peluche pendule pensée pente perdrix père personne petit
  peuple phare phoque photo piano pied pierre pigeon pilote piment pinceau pinède pingouin pinson pipe pique
  pirate piscine piste pivoine placard plafond plage plaisir planche platine plein plongeon plume pneu poème
  poids poignet point poireau poivre police pompier poney porche portrait poterie potiron poule poumon
  poupée pourpre poussin pouvoir prairie précis premier présent prêt prix profil projet promesse propre
  prune public puissant pull pupitre puzzle pyramide qualité quand quartier question quille quinze racine
  radar radio raisin rang rapide raquette raton ravin récent record recueil reflet refrain regard région
  réglisse relief rendre renne repos réserve rester retour réussir réveil rien rivage rizière robuste rocher
  roman ronce rond rosace rose rosier rouleau route ruban ruche rugby ruisseau rythme sable sabot safran
  sage saison samedi sandale satin sauce saumon saut savane saveur savoir scène score secret séjour semaine
  sembler semelle sept sérieux serpent serrure service seuil sieste sifflet signal silence sillon simple
  sirène sirop situer soixante solaire soldat soleil sommeil sonate songe sonnette sortie souci soudain
  souffle soulier souris spirale sport square stade station studio stylo sucre suite suivre sujet superbe
  sûreté surface surprise symbole système tableau tabouret talent talon tambour tapis tarte tasse taupe
  taureau temple tennis terre tête théâtre thème thon thym ticket tigre tilleul timbre tiroir tissu toit
  tomate tonneau torrent total toucher toujours toupie tour trace train trajet tram tranche travail trèfle
  treize tremplin trente tresse triangle tribu tricot trio trois trombone trottoir trouver truffe truite
  tulipe tunnel tuyau unique unité univers urgent usine utile vacances vache vaisseau vallée valse vanille
  vapeur vaste veau vedette veille vélo vendange venir ventre véranda verbe verger vers viande victoire
  vieux vigne village vinaigre vingt violette virgule visage visite vitamine vitesse vitrail vivant voici
  voile voiture voix volcan voler volume voyage voyelle vrai wagon yaourt zèbre zénith zeste zone
`);

export const WORDS: Record<WordsLang, readonly string[]> = { en: EN, fr: FR };
