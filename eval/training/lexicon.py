"""Words of one kind that exclude each other, words that mean the same, and words for a thing and its kind.

General vocabulary, written for this recipe: what a reader needs to know to see that a red coat is no blue coat, that a
sofa is a couch, and that whoever plays the violin plays an instrument.
"""

from __future__ import annotations

KINDS: dict[str, str] = {
    "colour": "red blue green yellow orange purple pink brown black white grey beige turquoise violet golden silver",
    "musical instrument": (
        "guitar violin piano trumpet flute drum saxophone cello clarinet harp trombone accordion banjo ukulele tuba oboe"
        " harmonica viola keyboard"
    ),
    "drink": "water milk juice beer wine coffee tea lemonade vodka whisky rum champagne soda cocoa cider brandy gin tequila",
    "vegetable": (
        "carrot potato tomato onion cucumber lettuce cabbage spinach broccoli pumpkin celery leek radish garlic cauliflower"
        " aubergine courgette pea bean"
    ),
    "fruit": "apple banana orange pear grape cherry peach plum lemon mango pineapple strawberry melon kiwi apricot fig",
    "animal": (
        "dog cat horse cow sheep goat pig rabbit mouse lion tiger elephant bear wolf fox deer monkey camel donkey duck goose"
        " chicken turkey parrot eagle owl penguin swan snake frog turtle whale dolphin shark salmon"
    ),
    "vehicle": (
        "car bus lorry truck van motorcycle bicycle tram train taxi tractor ambulance scooter helicopter aeroplane boat ferry"
        " canoe yacht kayak"
    ),
    "piece of furniture": "chair table sofa bed desk wardrobe bookcase stool bench cupboard dresser armchair",
    "piece of clothing": (
        "shirt jacket coat dress skirt sweater hat cap scarf glove shoe boot sock suit tie jeans shorts vest blouse uniform"
        " hoodie"
    ),
    "person": (
        "doctor nurse teacher lawyer engineer farmer cook waiter soldier sailor pilot painter singer dancer actor writer judge"
        " plumber carpenter electrician baker butcher firefighter student professor scientist programmer photographer"
        " journalist librarian accountant cashier mechanic"
    ),
    "sport": (
        "football tennis basketball baseball volleyball hockey cricket rugby golf swimming skiing surfing boxing badminton"
        " cycling rowing wrestling gymnastics karate skateboarding snowboarding"
    ),
    "room": (
        "kitchen bathroom bedroom attic cellar garage office hallway lounge pantry library basement classroom balcony"
        " laboratory ballroom lobby"
    ),
    "building": (
        "house church school hospital library museum hotel castle temple mosque factory warehouse theatre prison bakery"
        " restaurant supermarket stadium barn cathedral station airport pharmacy"
    ),
    "material": (
        "wood glass steel plastic leather cotton silk paper stone concrete wool rubber marble brick linen porcelain clay"
        " bamboo granite"
    ),
    "metal": "gold silver copper iron aluminium zinc tin lead nickel titanium platinum bronze brass",
    "planet": "Mercury Venus Mars Jupiter Saturn Uranus Neptune",
    "season": "spring summer autumn winter",
    "relative": "father mother brother sister uncle aunt grandfather grandmother son daughter cousin nephew niece husband wife",
    "part of the body": "arm leg head hand foot knee shoulder back neck elbow finger toe nose ear eye chest wrist ankle heart lung",
    "language": (
        "English French German Spanish Italian Portuguese Russian Chinese Japanese Korean Arabic Hindi Turkish Dutch Swedish"
        " Polish Greek Hebrew Latin Danish Finnish Hungarian Norwegian Vietnamese Thai"
    ),
    "religion": "Christian Muslim Jewish Hindu Buddhist Catholic Protestant Sikh",
    "country": (
        "France Germany Spain Italy Portugal Russia China Japan Korea India Turkey Sweden Poland Greece Israel Denmark"
        " Finland Hungary Norway Vietnam Thailand Egypt Kenya Nigeria Morocco Brazil Argentina Chile Peru Mexico Canada"
        " Australia Austria Switzerland Belgium Ireland Scotland Iceland Iran Iraq Pakistan Indonesia Ukraine Romania Cuba"
        " Colombia Ethiopia Ghana Afghanistan Croatia Serbia Bulgaria"
    ),
    "nationality": (
        "American British Canadian Australian Indian Mexican Brazilian Egyptian Kenyan Nigerian Irish Scottish Austrian Swiss"
        " Belgian Israeli Iranian Pakistani Indonesian Ukrainian Romanian Argentinian Cuban Moroccan Iraqi Ethiopian"
    ),
    "city": (
        "London Paris Berlin Madrid Rome Vienna Moscow Beijing Tokyo Delhi Cairo Nairobi Sydney Toronto Chicago Boston"
        " Seattle Dallas Houston Denver Atlanta Miami Philadelphia Detroit Lisbon Athens Dublin Prague Warsaw Budapest Oslo"
        " Stockholm Helsinki Copenhagen Brussels Amsterdam Zurich Munich Hamburg Milan Barcelona Istanbul Bangkok Singapore"
        " Jakarta Manila Seoul Shanghai Mumbai Lagos"
    ),
    "ordinal": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "currency": "dollars euros pounds yen francs rupees roubles pesos",
    "unit": "metres kilometres miles feet inches centimetres",
    "unit of weight": "kilograms grams pounds tonnes ounces",
    "unit of time": "seconds minutes hours days weeks months years decades",
    "medicine": (
        "aspirin ibuprofen paracetamol penicillin insulin morphine warfarin metformin amoxicillin statins steroids antibiotics"
        " antidepressants vitamins"
    ),
    "illness": (
        "flu asthma diabetes cancer pneumonia malaria measles tuberculosis arthritis epilepsy depression hepatitis migraine"
        " obesity anaemia stroke cholera"
    ),
    "party to a contract": "buyer seller landlord tenant employer employee lender borrower licensor licensee supplier customer",
    "figure of accounts": "revenue profit loss costs debt assets liabilities equity dividends taxes turnover",
    "document": "invoice receipt contract letter report passport licence certificate form manual newspaper magazine book diary",
    "subject": (
        "mathematics physics chemistry biology history geography economics philosophy law medicine psychology engineering"
        " astronomy sociology"
    ),
    "position in a company": "chairman director manager treasurer secretary founder president shareholder",
    "shape": "circle square triangle rectangle cube sphere cylinder pyramid",
    "container": "bottle box basket bucket bag jar cup bowl barrel suitcase",
    "tool": "hammer saw drill screwdriver axe shovel rake spade chisel wrench",
    "direction": "north south east west",
    "meal": "breakfast lunch dinner supper brunch",
    "tree": "oak pine birch maple willow palm cedar elm beech",
    "flower": "rose tulip lily daisy sunflower orchid violet carnation",
    "part of the day": "morning afternoon evening night",
}  # fmt: skip
"""By kind, words that exclude each other in the same place of a sentence."""

IS_A = (
    "musical instrument", "drink", "vegetable", "fruit", "animal", "vehicle", "piece of furniture", "piece of clothing",
    "person", "building", "tool", "flower", "tree", "container",
)  # fmt: skip
"""The kinds whose name can stand for their words after an article: "a violin" is "a musical instrument"."""

SAME = (
    ("sofa", "couch"), ("child", "kid"), ("children", "kids"), ("big", "large"), ("begins", "starts"),
    ("began", "started"), ("bought", "purchased"), ("buys", "purchases"), ("car", "automobile"), ("doctor", "physician"),
    ("photo", "picture"), ("photos", "pictures"), ("street", "road"), ("quick", "fast"), ("happy", "glad"), ("sad", "unhappy"),
    ("ill", "sick"), ("shop", "store"), ("shops", "stores"), ("gift", "present"), ("ended", "finished"),
    ("difficult", "hard"), ("nearly", "almost"), ("about", "approximately"), ("shut", "closed"), ("woods", "forest"),
    ("fall", "autumn"), ("movie", "film"), ("movies", "films"), ("plane", "aircraft"), ("bike", "bicycle"),
    ("lawyer", "attorney"), ("infant", "baby"), ("angry", "furious"), ("garbage", "rubbish"), ("wealthy", "rich"),
    ("smart", "clever"), ("beautiful", "pretty"), ("tiny", "very small"), ("huge", "very large"), ("speaks", "talks"),
    ("speaking", "talking"), ("yells", "shouts"), ("yelling", "shouting"), ("jogging", "running"), ("assists", "helps"),
    ("assisted", "helped"), ("needs", "requires"), ("needed", "required"), ("allows", "permits"), ("allowed", "permitted"),
    ("forbids", "prohibits"), ("prohibited", "forbidden"), ("obtained", "got"), ("error", "mistake"), ("errors", "mistakes"),
    ("employees", "staff"), ("firm", "company"), ("yearly", "annual"), ("employed", "hired"), ("resides", "lives"),
    ("resided", "lived"), ("deceased", "dead"), ("whole", "entire"), ("several", "a number of"), ("rear", "back"),
    ("seller", "vendor"), ("concluded", "ended"), ("commenced", "began"), ("located", "situated"), ("stated", "said"),
    ("claims", "asserts"), ("demonstrates", "shows"), ("demonstrated", "showed"), ("also", "in addition"),
    ("roughly", "around"), ("hence", "therefore"), ("terminated", "ended"), ("acquired", "bought"), ("constructed", "built"),
    ("discovered", "found"), ("received", "got"), ("permission", "consent"), ("automobiles", "cars"), ("physicians", "doctors"),
    ("rapidly", "quickly"), ("frequently", "often"), ("seldom", "rarely"), ("entire", "whole"), ("maximum", "highest"),
    ("minimum", "lowest"), ("murdered", "killed"), ("assaulted", "attacked"), ("collaborated", "worked together"),
)  # fmt: skip
"""Pairs of words that may stand for each other."""

KIND_OF: dict[str, str] = {word: kind for kind, words in KINDS.items() for word in words.split()}
"""The kind of each word; the last one named where a word is of two kinds."""
SAME_AS: dict[str, str] = {word: other for pair in SAME for word, other in (pair, pair[::-1]) if " " not in word}
"""The word of the same meaning."""
