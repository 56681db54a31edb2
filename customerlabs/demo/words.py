"""What invented people write, and what they are answered: a few openings and matters, combined by chance."""

from customerlabs.demo.people import World

OPENINGS = {
    "fr": ("Bonjour,", "Bonjour à toute l’équipe,", "Madame, Monsieur,", "Bonsoir,"),
    "en": ("Hello,", "Dear team,", "Good morning,", "Hi,"),
}
MATTERS = {
    "contact": {
        "fr": (
            "nous cherchons une équipe pour reprendre une application Django de 2016. Seriez-vous libres ?",
            "pourriez-vous nous présenter votre offre de suivi applicatif ? Nous sommes douze, à Marseille.",
            "je souhaite un devis pour un portail destiné à nos adhérents, environ 3 000 comptes.",
            "votre intervention aux journées du logiciel libre m’a donné envie d’en parler avec mon directeur.",
            "nous organisons une visite d’entreprises du Petit Arbois en mai : accepteriez-vous d’y participer ?",
        ),
        "en": (
            "we are looking for a team to take over a Django application of 2016. Do you have room in spring?",
            "could you tell us about your support offer? We are twelve people, in Marseille.",
            "I would like a quote for a members’ portal with some 3,000 accounts.",
        ),
    },
    "question": {
        "fr": (
            "hébergez-vous vous-mêmes les données de vos clients, et dans quel pays ?",
            "prenez-vous des stagiaires de deuxième année, de janvier à juin ?",
            "vos ateliers sont-ils accessibles en fauteuil ?",
            "travaillez-vous avec des associations, et à quelles conditions ?",
        ),
        "en": (
            "do you host your customers’ data yourselves, and in what country?",
            "do you take second-year trainees from January to June?",
        ),
    },
    "complaint": {
        "fr": (
            "notre ticket est sans réponse depuis deux semaines alors que le contrat dit trois jours.",
            "la facture du mois dernier compte deux fois la même journée.",
            "la mise à jour de mardi a rendu l’export inutilisable pendant une matinée entière.",
        ),
        "en": ("last month’s invoice counts the same day twice.",),
    },
}
CLOSINGS = {
    "fr": ("Merci d’avance.", "Bien cordialement,", "Dans l’attente de votre retour."),
    "en": ("Thank you.", "Kind regards,", "I look forward to your answer."),
}
ANSWERS = {
    "fr": (
        "Merci de votre message. Parlons-en au téléphone jeudi ou vendredi matin : quel moment vous irait ?",
        "Merci d’avoir écrit. La réponse est oui, aux conditions ci-dessous ; je reste à votre disposition.",
        "Vous avez raison, et nous vous devons des excuses. C’est corrigé depuis ce matin.",
    ),
    "en": (
        "Thank you for your message. Shall we talk on Thursday or Friday morning?",
        "Thank you for writing. The answer is yes; do ask if anything is unclear.",
        "You are right, and we owe you an apology. It has been put right this morning.",
    ),
}
REPLIES = {
    "fr": ("Parfait, vendredi à 10 h.", "Merci, c’est très clair."),
    "en": ("Friday at ten, then.", "Thank you, that is clear."),
}
NOTES = (
    "À voir avec l’équipe commerciale avant de répondre.",
    "Déjà rencontré au salon : contact sérieux.",
    "Attendre le retour du comptable.",
)
SPAM = "Improve the ranking of your website in 24 hours!!! Limited offer, answer now."
MAILINGS = (
    ("Les nouvelles du printemps", "Nos ateliers reprennent, et deux places restent pour avril.", "News of spring"),
    ("Un nouvel outil pour vos exports", "Il est libre, et il est à vous.", "A new tool for your exports"),
    ("Rencontrons-nous au Petit Arbois", "Portes ouvertes le deuxième jeudi du mois.", "Meet us at Petit Arbois"),
    ("Vos données, quatre ans après", "Ce que nous avons appris du RGPD.", "Your data, four years on"),
    ("La rentrée de CUSTOMER LABS", "Trois recrues, un nouveau site.", "Back to work at CUSTOMER LABS"),
    ("Notre charte d’accessibilité", "Elle est publiée, et mesurée.", "Our accessibility charter"),
)


def message(world: World, kind: str, language: str) -> str:
    pick = world.random.choice
    return f"{pick(OPENINGS[language])}\n\n{pick(MATTERS[kind][language])}\n\n{pick(CLOSINGS[language])}"
