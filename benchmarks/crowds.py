# ruff: noqa: RUF001 - the letters are meant
"""Names, jobs and e-mail domains of people: everyday ones, in fifteen languages, and very long ones."""

from __future__ import annotations

from typing import NamedTuple


class Crowd(NamedTuple):
    """The names, jobs and e-mail domains of a group of people, and their company's tags and sources."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    position: tuple[str, ...]
    company: tuple[str, ...]
    city: tuple[str, ...]
    mail: tuple[str, ...]
    tags: tuple[str, ...] = ("Referral", "Top of market", "Do not contact", "Strong culture add", "Willing to relocate")
    sources: tuple[str, ...] = ("LinkedIn", "Careers page", "Referral", "Job board", "Sourced", "Import")


EVERYDAY = Crowd(
    ("James", "Mary", "Robert", "Patricia", "Jennifer", "Michael", "Linda", "David", "Elizabeth", "Sarah", "José"),
    ("Smith", "Johnson", "Williams", "Garcia", "Miller", "Rodriguez", "Martinez", "Anderson", "Nguyen", "O'Brien"),
    ("Senior Software Engineer", "Account Executive", "Product Manager", "Data Analyst", "Recruiter", "VP Engineering"),
    ("Northwind Traders", "Acme Corp", "Contoso", "Fabrikam", "Globex", "Initech", "Umbrella Health", "Hooli"),
    ("San Francisco", "New York", "Austin", "Chicago", "Toronto", "London"),
    ("gmail.com", "gmail.com", "gmail.com", "outlook.com", "yahoo.com", "icloud.com"),
)

LANGUAGES = {
    "Arabic": Crowd(
        ("محمد", "فاطمة", "أحمد", "نورة", "عبد الرحمن", "ليلى"),
        ("الحسيني", "القحطاني", "المنصوري", "بن سعيد", "الزهراني"),
        ("مهندس برمجيات أول", "مديرة المنتج", "محلل بيانات", "رئيس قسم التسويق"),
        ("شركة الموانئ المتحدة", "مجموعة الأفق", "بنك الخليج الأول", "تقنيات النخيل"),
        ("الرياض", "دبي", "القاهرة", "الدار البيضاء"),
        ("gmail.com", "outlook.sa"),
        ("مرشح مميز", "مستعد للانتقال"),
        ("موقع الوظائف", "إحالة موظف"),
    ),
    "Hebrew": Crowd(
        ("נועה", "איתי", "תמר", "יונתן", "שירה"),
        ("לוינסון", "כהן", "מזרחי", "פרידמן", "בן דוד"),
        ("מהנדסת תוכנה בכירה", "מנהל מוצר", "אנליסט נתונים"),
        ("נמל צפון טכנולוגיות", "אלון מערכות", "קבוצת הגל"),
        ("תל אביב", "חיפה", "ירושלים"),
        ("gmail.com", "walla.co.il"),
        ("מועמד חזק", "דורש מעבר"),
        ("אתר הקריירה", "חבר מביא חבר"),
    ),
    "Hindi": Crowd(
        ("सुनीता", "अनिरुद्ध", "प्रियंका", "राहुल", "लक्ष्मी"),
        ("चक्रवर्ती", "शर्मा", "त्रिपाठी", "वेंकटेश्वरन", "अग्रवाल"),
        ("वरिष्ठ अभियंता", "उत्पाद प्रबंधक", "डेटा विश्लेषक"),
        ("सागर कंसल्टेंसी सर्विसेज", "हिमालय टेक्नोलॉजीज", "गंगा बैंक"),
        ("बेंगलुरु", "मुंबई", "नई दिल्ली"),
        ("gmail.com", "rediffmail.com"),
        ("उत्कृष्ट उम्मीदवार", "स्थानांतरण को तैयार"),
        ("करियर पृष्ठ", "कर्मचारी की सिफ़ारिश"),
    ),
    "Tamil": Crowd(
        ("நிவேதா", "கார்த்திக்", "மீனாட்சி", "அருண்"),
        ("கிருஷ்ணன்", "சுப்பிரமணியன்", "ராமசாமி"),
        ("மென்பொருள் பொறியாளர்", "திட்ட மேலாளர்", "தரவு ஆய்வாளர்"),
        ("காவேரி மென்பொருள்", "துறைமுக சேவைகள்"),
        ("சென்னை", "கோயம்புத்தூர்", "மதுரை"),
        ("gmail.com",),
        ("சிறந்த வேட்பாளர்",),
        ("வேலைவாய்ப்பு தளம்", "பரிந்துரை"),
    ),
    "Thai": Crowd(
        ("วิชัย", "สมหญิง", "ณัฐพล", "กมลวรรณ"),
        ("ศรีสุวรรณ", "วงศ์สวัสดิ์", "เจริญพานิช"),
        ("วิศวกรซอฟต์แวร์อาวุโส", "ผู้จัดการผลิตภัณฑ์", "นักวิเคราะห์ข้อมูล"),
        ("สยามโลจิสติกส์", "ธนาคารกรุงทอง", "บริษัท ท่าเรือเหนือ จำกัด"),
        ("กรุงเทพมหานคร", "เชียงใหม่"),
        ("gmail.com", "hotmail.co.th"),
        ("ผู้สมัครโดดเด่น",),
        ("หน้าสมัครงาน", "พนักงานแนะนำ"),
    ),
    "Chinese": Crowd(
        ("慧玲", "伟", "思远", "雨桐", "建国"),
        ("欧阳", "王", "李", "司马", "陈"),
        ("高级软件工程师", "产品经理", "数据分析师", "市场总监"),
        ("云海集团", "北京远航科技有限公司", "深圳市海港物流股份有限公司"),
        ("上海", "北京", "深圳", "呼和浩特"),
        ("qq.com", "163.com", "gmail.com"),
        ("重点候选人", "可异地工作"),
        ("招聘网站", "内部推荐"),
    ),
    "Japanese": Crowd(
        ("健太", "さくら", "翔太", "美咲", "ひなた"),
        ("佐々木", "高橋", "長谷川", "勅使河原", "渡辺"),
        ("ソフトウェアエンジニア", "プロダクトマネージャー", "データアナリスト", "営業部長"),
        ("株式会社北浜製作所", "みなと物流株式会社", "東西ソフト"),
        ("東京", "大阪", "福岡", "さいたま"),
        ("gmail.com", "yahoo.co.jp", "docomo.ne.jp"),
        ("優秀な候補者", "転勤可"),
        ("採用サイト", "社員紹介"),
    ),
    "Korean": Crowd(
        ("민준", "서연", "지훈", "하은", "도윤"),
        ("김", "이", "제갈", "박", "남궁"),
        ("소프트웨어 엔지니어", "프로덕트 매니저", "데이터 분석가", "마케팅 팀장"),
        ("하늘네트웍스", "주식회사 동해물류", "한강은행"),
        ("서울", "부산", "성남"),
        ("naver.com", "gmail.com"),
        ("우수 후보자",),
        ("채용 페이지", "직원 추천"),
    ),
    "Russian": Crowd(
        ("Владислав", "Екатерина", "Анастасия", "Иван"),
        ("Константинопольский", "Иванова", "Кузнецов", "Преображенская"),
        ("Инженер-программист", "Руководитель отдела продаж", "Аналитик данных"),
        ("Лаборатория Причал", "Северный порт", "Банк Восход"),
        ("Москва", "Новосибирск", "Санкт-Петербург"),
        ("mail.ru", "yandex.ru"),
        ("Сильный кандидат", "Готов к переезду"),
        ("Сайт вакансий", "Рекомендация"),
    ),
    "Greek": Crowd(
        ("Αικατερίνη", "Γεώργιος", "Ελένη", "Δημήτρης"),
        ("Παπαδοπούλου", "Κωνσταντινίδης", "Οικονόμου"),
        ("Μηχανικός λογισμικού", "Υπεύθυνος πωλήσεων", "Αναλυτής δεδομένων"),
        ("Ναυτιλιακή Αιγαίου", "Όλυμπος Τεχνολογίες"),
        ("Αθήνα", "Θεσσαλονίκη"),
        ("gmail.com", "otenet.gr"),
        ("Δυνατός υποψήφιος",),
        ("Σελίδα καριέρας", "Σύσταση"),
    ),
    "Polish": Crowd(
        ("Małgorzata", "Łukasz", "Agnieszka", "Paweł", "Żaneta"),
        ("Wiśniewska-Święcicka", "Żółkiewski", "Nowak", "Zielińska", "Kowalczyk"),
        ("Starsza inżynier oprogramowania", "Kierownik produktu", "Analityk danych"),
        ("Przedsiębiorstwo Żeglugi Bałtyckiej", "Zakłady Łódzkie", "Chmura Polska"),
        ("Wrocław", "Łódź", "Kraków", "Gdańsk"),
        ("gmail.com", "wp.pl", "onet.pl"),
        ("Świetny kandydat", "Gotów do przeprowadzki"),
        ("Strona kariery", "Polecenie"),
    ),
    "Turkish": Crowd(
        ("Gülşah", "Çağrı", "Özgür", "İpek", "Şebnem"),
        ("Özdemiroğlu", "Yılmaz", "Çelikkaya", "Güneş"),
        ("Kıdemli yazılım mühendisi", "Ürün müdürü", "Satış yöneticisi"),
        ("Boğaziçi Lojistik", "Ege Yazılım A.Ş.", "Güneş Bankası"),
        ("İstanbul", "İzmir", "Eskişehir"),
        ("gmail.com", "hotmail.com"),
        ("Güçlü aday",),
        ("Kariyer sayfası", "Çalışan önerisi"),
    ),
    "Vietnamese": Crowd(
        ("Thị Phương Thảo", "Văn Đức", "Minh Khải", "Thùy Dương"),
        ("Nguyễn", "Trần", "Lê", "Phạm"),
        ("Kỹ sư phần mềm cao cấp", "Trưởng phòng kinh doanh", "Chuyên viên dữ liệu"),
        ("Công ty Cảng Sài Gòn", "Ngân hàng Sông Hồng", "Phần mềm Đại Việt"),
        ("Hà Nội", "Thành phố Hồ Chí Minh", "Đà Nẵng"),
        ("gmail.com", "yahoo.com.vn"),
        ("Ứng viên nổi bật",),
        ("Trang tuyển dụng", "Giới thiệu nội bộ"),
    ),
    "Georgian": Crowd(
        ("ნინო", "გიორგი", "ქეთევან"),
        ("ბერიძე", "კვარაცხელია", "ჩხეიძე"),
        ("პროგრამული უზრუნველყოფის ინჟინერი", "პროდუქტის მენეჯერი"),
        ("შავი ზღვის პორტი", "კავკასიის ბანკი"),
        ("თბილისი", "ბათუმი"),
        ("gmail.com",),
        ("ძლიერი კანდიდატი",),
        ("ვაკანსიების გვერდი", "რეკომენდაცია"),
    ),
    "Amharic": Crowd(
        ("ሰላማዊት", "አበበ", "ትዕግስት"),
        ("ተስፋዬ", "ገብረመድኅን", "ወልደሥላሴ"),
        ("የሶፍትዌር መሐንዲስ", "የሽያጭ ኃላፊ"),
        ("የኢትዮጵያ ቴክኖሎጂ", "አዲስ ባንክ"),
        ("አዲስ አበባ", "ባሕር ዳር"),
        ("gmail.com",),
        ("ጠንካራ ዕጩ",),
        ("የሥራ ገጽ", "ጥቆማ"),
    ),
}
"""Companies in other countries: whole pages in the language, including tags and sources."""

LONG = Crowd(
    ("Maximilian Friedrich Alexander", "María de los Ángeles Guadalupe", "Christopher-Sebastian"),
    ("von Hohenfels-Reichenstein zu Lützelburg", "Papadimitropoulou-Konstantinidis", "Fernández de la Cueva y Rojas"),
    ("Vice President of Platform Architecture and Developer Productivity", "Senior Director, Strategic Enablement"),
    (
        "Gesellschaft für vernetzte Hafenlogistik und Umschlagtechnik mbH",
        "Harbour Advisory Limited Partnership",
    ),
    ("Llanfairpwllgwyngyll", "San Pedro Garza García"),
    ("wirtschaftspruefungsgesellschaft.example.com",),
)


def in_english_lists(crowd: Crowd) -> Crowd:
    """The crowd at a company whose tags and sources are in English."""
    return crowd._replace(tags=EVERYDAY.tags, sources=EVERYDAY.sources)
