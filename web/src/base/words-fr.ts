// The French words: words.ts says what for. The order is part of the meaning and never changes.

export const words: string = `
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
`;
