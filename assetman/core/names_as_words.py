"""Names of files as words: split, and those of sound libraries understood.

Sound libraries name their files by the Universal Category System, a list in the public domain:
`DOORWood-INT_Cellar Door Slam_JD_OLDHOUSE.wav` is a category and a subcategory, in short, with
what the person adds to it; what is heard; whose it is; where it comes from.
"""

from __future__ import annotations

import re
import unicodedata

from assetman.core.assets import display

_CATEGORY = re.compile(r"([A-Z]{2,5})([A-Z][a-z]+)?(?:-(.*))?")
# The same as `seams` finds, of plain letters: it is asked of every file.
_NO_LETTERS = re.compile("[^A-Za-z0-9#']+")
_SEAM = re.compile(
    "(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"
)
_LONGEST = 500  # characters


def _pairs(text: str) -> dict[str, str]:
    """Read pairs, one space between them, an underline for a space inside."""
    pairs = (pair.partition("=") for pair in text.split())
    return {short: long.replace("_", " ") for short, _, long in pairs}


_CATEGORIES = _pairs(
    """
    AERO=aircraft AIR=air ALRM=alarms AMB=ambience ANML=animals BEEP=beeps BELL=bells
    BIRD=birds BLLT=bullets BNCE=bounce BOAT=boats CERM=ceramics CHAIN=chains CHEM=chemicals
    CLOCK=clocks CLOTH=cloth CMPT=computers COM=communications CREA=creatures CRWD=crowds
    DESTR=destruction DIRT=dirt_sand DOOR=doors DRWR=drawers DSGN=designed ELEC=electricity
    EQUIP=equipment EXPL=explosions FART=farts FEET=footsteps FGHT=fight FIRE=fire FOLY=foley
    FOOD=food_drink FRWK=fireworks GAME=games GEO=geothermal GLAS=glass GORE=gore GUN=guns
    HAIL=weather_hail HMN=human HORN=horns ICE=ice IR=impulse_response LASR=lasers
    LETHR=leather LIQ=liquid_mud MACH=machines MAG=magic MECH=mechanical METL=metal
    MOTR=motors MOVE=movement MUSC=musical NATD=natural_disaster OBJ=objects PAPR=paper
    PLAS=plastic RAIN=rain ROBT=robots ROCK=rocks ROPE=rope RUBR=rubber SCI=scifi SNOW=snow
    SPRT=sports STORM=weather_storm SWSH=swooshes_swish THUN=weather_thunder TOOL=tools
    TOON=cartoon TOY=toys TRN=trains UI=user_interface VEGE=vegetation VEH=vehicles VOX=voices
    WATR=water WEAP=weapons WHSH=swooshes_whoosh WHST=whistles WIND=wind WING=wings
    WNDW=windows WOOD=wood WTHR=weather
    """
)
# What stands behind a category, where it is no word by itself.
_SHORT = _pairs(
    """
    Actv=activity Alrm=alarm Amph=amphibian Amus=amusement Angl=angelic Angr=angry Anml=animal
    Antq=antique Apls=applause Appl=appliance Aqua=aquatic Arcd=arcade Armr=armor Arro=arrow
    Artl=artillery Auto=automatic Av=audio_visual Aval=avalanche Batl=battle Bf=bodyfall
    Bike=bicycle Blnt=blunt Bram=braam Brk=break Brst=burst Brth=breath Bubl=bubbles
    Burn=burning Buzr=buzzer Buzz=buzz_hum By=pass_by Cab=cabinet Cam=camera Cano=cannon
    Cas=casino Cele=celebration Cell=cellphone Cheer=cheering Chim=chime Chld=children
    Chor=choral Clak=clack Clik=click Clok=clock Clpse=collapse Clth=cloth Cmpt=computer
    Cnst=construction Comb=combustion Comr=commercial Conc=concrete Conv=conversation
    Cook=cooking Crea=creature Crkl=crackle Crsh=crash_debris Crwd=crowd Cry=crying
    Diesl=diesel Dino=dinosaur Dran=drain Drgn=dragon Driv=hard_drive Drnk=drinking Dron=drone
    Dsgn=designed Dsrt=desert Dungn=dungeon Eat=eating Efrt=effort Elec=electric
    Elem=elemental Elev=elevator Emf=electromagnetic Emrg=emergency Enrg=energy Erie=eerie
    Escl=escalator Ethr=ethereal Fem=female Flp=flap Flsh=flesh Fltr=flutter Forst=forest
    Foun=fountain Frght=freight Fric=friction Fuma=fumarole Furn=furniture Glas=glass
    Gras=grass Gware=glassware Hart=heartbeat Hdwr=hardware Heli=helicopter Hist=historical
    Hmn=human Hndl=handle Hors=horse Hosp=hospital Hsehld=household Hspd=high_speed
    Hvac=air_conditioning Hydr=hydraulic_pneumatic Ign=ignite Impt=impact Ind=industrial
    Indor=indoor Ingr=ingredients Insc=insect Inst=instrument Int=interior Jalop=jalopy
    Jewl=jewelry Knck=knock Knif=knife Kware=kitchenware Laff=laughter Leaf=leaves Lrg=large
    Ltch=latch Lug=luggage Lvr=lever Mach=machine Mech=mechanism Med=medical Metl=metal
    Mic=microphone Mil=military Misc= Mnstr=monster Moto=motorcycle Motr=motorboat Mrkt=market
    Mudpot=mud_pots Mvmt=movement Mx=musical Naut=nautical Offc=office Offi=office
    Pack=packaging Perc=percussion Phono=phonograph Pis=pistol Plas=plastic Plmb=plumbing
    Pluk=pluck Pneu=pneumatic Pole=polearm Powr=power Pres=presence Prey=bird_of_prey
    Prim=primate Prisn=prison Prop=prop Publ=public_place Puly=pulley Quak=earthquake
    Race=racing Rckt=rocket Rdnt=rodent Reac=reaction Rec=recreational Rept=reptile
    Rest=restaurant_bar Revl=revolving Rico=ricochet Rif=rifle Rise=riser Rlgn=religious
    Rmbl=rumble Rolr=roller Room=room_tone Row=rowboat Rtch=ratchet Rurl=rural Sail=sailboat
    Sbwy=subway Schl=school Scrm=scream Sea=sea Shel=shell Shim=shimmer Shotg=shotgun
    Sing=singing Sirn=siren Sizz=sizzle Slid=sliding Smpl=sample Sneez=sneeze Snor=snore
    Spel=spell Splsh=splash Splt=splat Sprk=sparks Sprt=sport Sqk=squeak Sqsh=squish
    Srce=source Srvo=servo Stm=steam Stngr=stinger Ston=stone Str=stringed Strch=stretch
    Sub=submarine Subn=suburban Suck=suction Suct=suction Supr=suppressed Susp=suspension
    Swmp=swamp Swng=swinging Swrd=sword Swsh=swish Swtch=switch Synth=synthetic Tact=tactical
    Tech=hitech Telm=telemetry Telph=telephone Thyp=typhoon Tonl=tonal Torn=tornado
    Trad=traditional Traf=traffic Tran=transportation Trch=torch Trck=track_field
    Trop=tropical Tsun=tsunami Turb=turbulent Tv=television Tware=tableware Type=typewriter
    Umbr=umbrella Undr=underground Undwtr=underwater Urbn=urban Util=utility Vege=vegetation
    Veh=vehicle Volc=volcano Vox=vocal Wade=wading Wagn=wagon War=warfare Warb=warble
    Watr=water Wcat=wild_cat Weap=weapon Whis=whistle Whled=wheeled Whsh=whoosh Wild=wild
    Wndw=window Wntr=winter Write=writing Zipr=zipper
    """
)


def words_of(name: str) -> str:
    """Split a name where its letters tell: `RainOnTin_02-loop` is "Rain On Tin 02 loop"."""
    name = display(name)[:_LONGEST]
    if name.isascii():
        words = _SEAM.sub(" ", _NO_LETTERS.sub(" ", name)).split()
        return " ".join(word for word in words if word.strip("#'"))
    name = unicodedata.normalize("NFC", name)
    return " ".join(name[start:end] for start, end in seams(name))


def seams(text: str) -> list[tuple[int, int]]:
    """Give where the words begin and end into which the letters of a text part it."""
    parts: list[list[int]] = []
    before = ""
    for place, letter in enumerate(text):
        if not (letter.isalnum() or letter in "#♯♭'’" or _is_mark(letter)):
            before = ""
            continue
        behind = text[place + 1 : place + 2]
        if not before or _is_seam(before, letter, behind):
            parts.append([place, place])
        parts[-1][1] = place + 1
        before = letter
    return [(start, end) for start, end in parts if any(c.isalnum() for c in text[start:end])]


def category_of(stem: str) -> str | None:
    """Name the category that a sound library's name begins with: "doors wood", in whole words.

    None for a name of another kind.
    """
    first, _, rest = stem.partition("_")
    found = _CATEGORY.fullmatch(first) if rest else None
    if found is None or found[1] not in _CATEGORIES:
        return None
    short = found[2] or ""
    category = f"{_CATEGORIES[found[1]]} {_SHORT.get(short, short.lower())}".strip()
    return f"{category} {words_of(found[3])}" if found[3] else category


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


def _is_seam(before: str, letter: str, behind: str) -> bool:
    """Tell whether a word ends between two letters; `behind` is what follows them."""
    if before.isdigit() != letter.isdigit() and (before.isalnum() and letter.isalnum()):
        return True
    if before.islower() and letter.isupper():
        return True
    return before.isupper() and letter.isupper() and behind.islower()
