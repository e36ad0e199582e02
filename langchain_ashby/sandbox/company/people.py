"""The candidates who are written out by hand."""

from typing import NamedTuple


class Person(NamedTuple):
    """A candidate in short.

    `recommendations` are the interviewers' in turn, 1 to 4. `applications` are `job:stage` or `job:stage:detail`,
    separated by ` | `. The detail is, for an Active stage, how its interviews stand (see `meetings.STATES`), for the
    Offer stage, how the offer stands (`pipeline.OFFERS`), for Archived, `reason@last stage`.

    `came` and `since` are the days since the person came and since the last move; 0 leaves both to the job's dates.
    `seat` identifies an opening of the person's own.
    """

    key: str  # local part of the e-mail address
    name: str
    place: str
    position: str
    company: str
    school: str
    source: str
    recommendations: str
    applications: str
    tags: str = ""
    came: float = 0
    since: float = 0
    seat: str = ""


PEOPLE = (
    Person("ada.lovelace", "Ada Lovelace", "london", "Principal Engineer", "Analytical Engines",
           "University of London", "referral", "4", "staff:Onsite:done", "maritime fast"),
    Person("kwame.mensah", "Kwame Mensah", "hamburg", "Staff Engineer", "Quayside Labs", "TU Berlin", "linkedin",
           "42", "staff:Onsite:done", "maritime"),
    Person("ingrid.halvorsen", "Ingrid Bjørnsdatter Halvorsen", "oslo", "Senior Software Engineer", "Nordlys Data",
           "University of Oslo", "careers", "3", "staff:Onsite:waiting"),
    Person("chen.huiling", "陈慧玲", "singapore", "Distributed Systems Engineer", "Copperline Cloud",
           "National University of Singapore", "github", "34", "staff:Onsite:scheduled", "relocate visa"),
    Person("mihail.dorin", "Mihail Dorin Țepeș", "paris", "Tech Lead", "Brackwater", "Sorbonne Université",
           "careers", "3", "staff:Technical Phone Screen:scheduled"),
    Person("daryna.kovalenko", "Дарина Коваленко", "warsaw", "Staff Software Engineer", "Umbra Cloud",
           "Taras Shevchenko University", "linkedin", "4",
           "staff:Technical Phone Screen:needs | sre:Archived:withdrew@Recruiter Screen"),
    Person("jose.munoz", "José Ángel Muñoz Cañizares", "paris", "Backend Engineer", "Saltmarsh",
           "Universidad de Sevilla", "careers", "3", "staff:Recruiter Screen:availability"),
    Person("fatima.zahra", "فاطمة الزهراء بنعلي", "paris", "Software Engineer", "Pelagos Software", "ENSIAS",
           "careers", "3", "staff:Application Review", "relocate"),
    Person("rahul.verma", "राहुल वर्मा", "bengaluru", "Lead Engineer", "Driftwood Analytics", "IIT Madras",
           "linkedin-post", "3", "staff:Application Review", "visa relocate"),
    Person("bo.ek", "Bo Ek", "stockholm", "Developer", "", "KTH", "linkedin", "3", "staff:Reached Out"),
    Person("soren.kjaer", "Søren Kjær", "oslo", "Principal Architect", "Hollis & Crane", "DTU", "github", "3",
           "staff:New Lead"),
    Person("maximilian.hohenfels", "Maximilian Friedrich Alexander von Hohenfels-Reichenstein zu Lützelburg",
           "hamburg", "Vice President of Platform Architecture and Developer Productivity",
           "Gesellschaft für vernetzte Hafenlogistik und Umschlagtechnik mbH", "RWTH Aachen", "agency", "3",
           "staff:Offer:sent", "fast"),
    Person("amina.diallo", "Aminata Diallo", "london", "Senior Staff Engineer", "Kestrel Freight",
           "Imperial College London", "referral", "4", "staff:Offer:approval"),
    Person("ethan.brooks", "Ethan Brooks", "newyork", "Staff Engineer", "Lumenfall", "Cornell University",
           "careers", "4", "staff:Hired", "maritime"),
    Person("nora.lind", "Nora Lind", "stockholm", "Software Engineer", "Tern Robotics", "Lund University",
           "careers", "2", "staff:Archived:skills@Technical Phone Screen", "silver"),
    Person("viktor.horvath", "Viktor Horváth", "hamburg", "Engineer", "Marrow & Pine", "BME Budapest",
           "linkedin-post", "2", "staff:Archived:experience@Application Review"),
    Person("priyanka.iyer", "प्रियंका अय्यर", "bengaluru", "Staff Engineer", "Umbra Cloud", "IISc", "linkedin",
           "4", "staff:Archived:offer-declined@Offer", "silver later"),
    Person("omar.haddad", "عمر حداد", "dubai", "Engineering Manager", "Copperline Cloud",
           "American University of Beirut", "conference", "3", "staff:Archived:pay@Onsite"),
    Person("kim.minjun", "김민준", "seoul", "SRE", "Haneul Networks", "KAIST", "github", "3",
           "sre:Onsite:scheduled", "visa"),
    Person("lukasz.zolkiewski", "Łukasz Żółkiewski", "warsaw", "Platform Engineer", "Brackwater",
           "Politechnika Warszawska", "careers", "34", "sre:Onsite:done"),
    Person("siobhan.nidhomhnaill", "Siobhán Ní Dhomhnaill", "dublin", "Site Reliability Engineer", "Saltmarsh",
           "Trinity College Dublin", "referral", "4", "sre:Technical Phone Screen:waiting", "boomerang"),
    Person("nguyen.khai", "Nguyễn Thị Minh Khai", "singapore", "DevOps Engineer", "Pelagos Software", "HUST",
           "linkedin-post", "3", "sre:Recruiter Screen:scheduled", "visa"),
    Person("giorgi.beridze", "გიორგი ბერიძე", "paris", "Systems Engineer", "", "Tbilisi State University",
           "careers", "3", "sre:Application Review"),
    Person("wulandari", "Wulandari", "singapore", "Cloud Engineer", "Kestrel Freight", "ITB", "linkedin", "3",
           "sre:New Lead"),
    Person("anna.berg", "Anna Berg", "oslo", "SRE", "Nordlys Data", "NTNU", "careers", "4", "sre:Hired"),
    Person("tomas.novak", "Tomáš Novák", "warsaw", "Operations Engineer", "Quayside Labs", "Masaryk University",
           "agency", "2", "sre:Archived:experience@Recruiter Screen"),
    Person("isabela.rocha", "Isabela Gonçalves da Rocha", "saopaulo", "Reliability Engineer",
           "Driftwood Analytics", "USP", "careers", "3", "sre:Offer:definition"),
    Person("hana.sato", "佐藤 さくら", "tokyo", "Machine Learning Engineer", "Tern Robotics",
           "University of Tokyo", "github", "4", "ml:Onsite:scheduled", "visa speaker"),
    Person("oluwaseun.balogun", "Olúwaṣeun Balógun", "london", "Applied Scientist", "Lumenfall",
           "University of Lagos", "referral", "43", "ml:Onsite:done | staff:Archived:experience@Recruiter Screen"),
    Person("wang.dawei", "王大伟", "toronto", "Research Engineer", "Marrow & Pine", "University of Toronto",
           "linkedin", "3", "ml:Technical Phone Screen:done"),
    Person("eleni.papa", "Ελένη Παπαδοπούλου", "paris", "Data Scientist", "Hollis & Crane", "NTUA", "careers", "3",
           "ml:Technical Phone Screen:cancelled"),
    Person("camille.lefevre", "Camille Lefèvre-Duchâteau", "paris", "ML Engineer", "Pelagos Software",
           "École polytechnique", "linkedin-post", "3", "ml:Recruiter Screen:booking"),
    Person("daniel.cohen", "דניאל כהן", "newyork", "Senior ML Engineer", "Copperline Cloud", "Technion",
           "conference", "3", "ml:Recruiter Screen:submitted", "speaker"),
    Person("sara.ahmadi", "سارا احمدی", "toronto", "PhD Student", "", "University of Waterloo", "careers", "3",
           "ml:Application Review"),
    Person("mei.lin", "林美玲", "halifax", "Statistician", "Nova Scotia Tides", "Dalhousie University", "careers",
           "3", "ml:Application Review"),
    Person("noah.tremblay", "Noah Tremblay", "halifax", "Data Engineer", "Nova Scotia Tides", "McGill University",
           "linkedin", "3", "ml:Reached Out", "later"),
    Person("ali.yuceoglu", "Ali Yüceoğlu", "hamburg", "Computer Vision Engineer", "Quayside Labs",
           "Boğaziçi University", "agency", "3", "ml:Offer:start", "relocate"),
    Person("zoe.thorsdottir", "Zoë Þórsdóttir", "oslo", "NLP Engineer", "Nordlys Data", "University of Iceland",
           "careers", "1", "ml:Archived:skills@Technical Phone Screen"),
    Person("oksana.melnyk", "Оксана Мельник", "warsaw", "ML Engineer", "Umbra Cloud", "Lviv Polytechnic", "github",
           "3", "ml:Archived:closed@Offer"),
    Person("chloe.martin", "Chloé Martin", "paris", "Product Designer", "Saltmarsh", "Gobelins", "careers", "3",
           "designer:Onsite Panel:scheduled"),
    Person("ben.whitfield", "Ben Whitfield", "manchester", "Senior Designer", "Hollis & Crane",
           "Manchester Metropolitan University", "referral", "4", "designer:Onsite Panel:done"),
    Person("ayesha.khan", "عائشہ خان", "london", "UX Designer", "Lumenfall", "University of the Arts London",
           "careers", "3", "designer:Hiring Manager:hold"),
    Person("hugo.almeida", "Hugo Almeida", "london", "Design Lead", "Brackwater", "Universidade do Porto",
           "linkedin", "3", "designer:Recruiter Screen:needs"),
    Person("freya.nilsen", "Freya Nilsen", "oslo", "Interaction Designer", "", "Oslo School of Architecture",
           "linkedin-post", "3", "designer:Application Review"),
    Person("jin.park", "박진", "london", "Visual Designer", "Kestrel Freight", "Hongik University", "careers", "2",
           "designer:Archived:culture@Hiring Manager"),
    Person("lena.fischer", "Lena Fischer", "hamburg", "Product Designer", "Marrow & Pine", "HAW Hamburg",
           "linkedin", "4", "designer:Archived:offer-declined@Offer", "silver"),
    Person("carlos.reyes", "Carlos Reyes", "austin", "Account Executive", "Copperline Cloud", "UT Austin",
           "agency", "3", "sales:Hiring Manager:scheduled"),
    Person("sophie.keller", "Sophie Keller", "hamburg", "Sales Manager", "Quayside Labs", "Universität Hamburg",
           "referral", "4", "sales:Onsite Panel:waiting"),
    Person("yusuf.demir", "Yusuf Demir", "hamburg", "Business Developer", "Kestrel Freight", "Universität Bremen",
           "careers", "3", "sales:Recruiter Screen:scheduled"),
    Person("grace.omondi", "Grace Omondi", "london", "Enterprise Sales", "Lumenfall", "University of Nairobi",
           "careers", "3", "sales:Application Review"),
    Person("pavel.dimitrov", "Павел Димитров", "hamburg", "Key Account Manager", "Saltmarsh", "Sofia University",
           "agency", "3", "sales:New Lead"),
    Person("mia.jensen", "Mia Jensen", "oslo", "Account Manager", "Nordlys Data", "BI Norwegian Business School",
           "careers", "2", "sales:Archived:withdrew@Hiring Manager"),
    Person("robert.ashdown", "Robert Ashdown", "london", "Finance Director", "Hollis & Crane",
           "London School of Economics", "agency", "4", "vp:Board:scheduled"),
    Person("annika.strand", "Annika Strand", "stockholm", "CFO", "Tern Robotics", "Handelshögskolan", "linkedin",
           "3", "vp:Longlist | manager:Archived:closed@Hiring Manager"),
    Person("thomas.ryan", "Thomas Ryan", "dublin", "Product Manager", "Kestrel Freight", "UCD", "careers", "4",
           "manager:Hired"),
    Person("arjun.nair", "अर्जुन नायर", "bengaluru", "Product Manager", "Driftwood Analytics", "IIM Bangalore",
           "linkedin-post", "3", "manager:Archived:closed@Onsite Panel"),
    Person("emily.carter", "Emily Carter", "austin", "Technical Writer", "Copperline Cloud", "Rice University",
           "careers", "3", "writer:Archived:closed@Recruiter Screen"),
    Person("emily.carter", "Emily R. Carter", "austin", "Writer", "", "Rice University", "linkedin-post", "3",
           "writer:Archived:duplicate@Application Review"),
    Person("free.money", "CHEAP SEO SERVICES!!!", "newyork", "", "", "", "careers", "1",
           "staff:Archived:spam@Application Review"),
    Person("linh.tran", "Trần Mỹ Linh", "sydney", "Data Analyst", "Pelagos Software", "University of Sydney",
           "conference", "3", "", "later speaker"),
)  # fmt: skip
