"""What manual pages say beside what the programs say themselves."""

ORDER = ("intake", "registry", "verification", "approval", "printing", "signer", "delivery", "inspection", "revocation", "monitor")

_FILES_EN = """/var/lib/tdv is the site of an installed TDV: keys/, state/SERVICE/, vault/, run/. /etc/tdv/tdv.conf holds its settings.
keys/administrator.pem and keys/vault.key are the two files that nothing can replace."""

_FILES_VI = """/var/lib/tdv là nơi đặt hệ thống đã cài: keys/, state/DỊCH_VỤ/, vault/, run/. /etc/tdv/tdv.conf là tệp thiết lập.
keys/administrator.pem và keys/vault.key là hai tệp không gì thay thế được."""

TDV = {
    "en": {
        "NAME": "NAME", "SYNOPSIS": "SYNOPSIS", "DESCRIPTION": "DESCRIPTION", "OPTIONS": "OPTIONS OF EVERY VERB",
        "SEE ALSO": "SEE ALSO",
        "summary": "run and use a site that keeps the life of Party member cards",
        "description": """tdv makes a site, looks after its daemons, and is the terminal at which officers act: every act is signed with the officer's key and
receipted by the door. Verbs that act print what happened and what comes next; each can be scripted with --json.""",
        "sections": [
            ("EXIT STATUS", "0: done. 1: refused or failed; the reason is on stderr. 2: wrong usage."),
            ("ENVIRONMENT", "TDV_HOME: the site. TDV_LANG: vi or en; else LANGUAGE and LC_ALL say it; else Vietnamese."),
            ("FILES", _FILES_EN),
            ("BACKUP", """`tdv backup DIR` copies a running site as it is at one instant; daemons are held still for some milliseconds. Check now and then that
`tdv restore DIR --home ELSEWHERE` succeeds. Receipts given after a backup are not in it: terminals ask for the outcome of their acts and send again
what the door does not know."""),
        ],
    },
    "vi": {
        "NAME": "TÊN", "SYNOPSIS": "CÁCH DÙNG", "DESCRIPTION": "MÔ TẢ", "OPTIONS": "TÙY CHỌN CHUNG", "SEE ALSO": "XEM THÊM",
        "summary": "vận hành và sử dụng hệ thống quản lý vòng đời thẻ đảng viên",
        "description": """tdv tạo hệ thống, trông coi các tiến trình, và là máy trạm để cán bộ làm việc: mỗi việc được ký bằng khóa của cán bộ và được cửa tiếp
nhận cấp biên nhận. Mỗi lệnh cho biết việc gì đã xảy ra và bước tiếp theo; lệnh nào cũng dùng được trong kịch bản với --json.""",
        "sections": [
            ("MÃ KẾT THÚC", "0: xong. 1: bị từ chối hoặc lỗi, lý do ở stderr. 2: dùng sai."),
            ("BIẾN MÔI TRƯỜNG", "TDV_HOME: thư mục hệ thống. TDV_LANG: vi hoặc en; nếu không có thì theo LANGUAGE, LC_ALL; mặc định tiếng Việt."),
            ("TỆP", _FILES_VI),
            ("SAO LƯU", """`tdv backup DIR` sao chép hệ thống đang chạy tại một thời điểm; các tiến trình chỉ dừng vài mili giây. Thỉnh thoảng hãy thử
`tdv restore DIR --home NƠI_KHÁC`. Biên nhận cấp sau bản sao lưu không có trong đó: máy trạm hỏi kết quả và gửi lại những gì cửa tiếp nhận không biết."""),
        ],
    },
}

PROGRAMS = {
    "tdv-facility": {
        "en": {
            "summary": "a print facility at the door of a TDV site",
            "more": "It stands in for the facility's own systems: orders come as letters, personal data sealed to its key; what it answers is signed.",
        },
        "vi": {
            "summary": "cơ sở in ở cửa tiếp nhận của hệ thống TDV",
            "more": "Chương trình thay cho hệ thống riêng của cơ sở in: lệnh đến như thư, dữ liệu cá nhân niêm phong bằng khóa của cơ sở in; mọi trả lời đều "
            "được ký.",
        },
    },
    "tdv-seed": {
        "en": {"summary": "make up a commune to try TDV with", "more": "Names, numbers, photos and scans are synthetic."},
        "vi": {"summary": "tạo một xã giả lập để thử TDV", "more": "Tên, số, ảnh và bản quét đều không có thật."},
    },
}
HEADINGS = {
    "en": ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO"),
    "vi": ("TÊN", "CÁCH DÙNG", "MÔ TẢ", "TÙY CHỌN", "MÃ KẾT THÚC", "XEM THÊM"),
}

SETTINGS = """One file in INI form: sections, name = value, # before a comment. What it does not say has its default; an unknown section or name, or a
value out of bounds, is an error that names the line. Daemons read it when they start: systemctl restart tdv.target."""

DAEMONS = {
    "en": {
        "NAME": "NAME", "SYNOPSIS": "SYNOPSIS", "DESCRIPTION": "DESCRIPTION", "OPTIONS": "OPTIONS", "SEE ALSO": "SEE ALSO",
        "summary": "the daemons of TDV",
        "description": """Each daemon decides one kind of fact, keeps its state in HOME/state/SERVICE, and talks to the others over sockets in HOME/run. All can be
started and stopped in any order, and killed at any moment: what was acknowledged is on disk.""",
        "sections": [
            ("SYSTEMD", """tdv.target starts them all: systemctl enable --now tdv.target. Each says READY=1 when its state is open, and feeds the watchdog between
turns. They run as user tdv without capabilities; only tdv-intake reaches a network. Nothing starts before
`runuser -u tdv -- tdv --home /var/lib/tdv init` has made the site."""),
            ("JOURNAL", """Entries have fields: TDV_EVENT, TDV_SERVICE, and one for each key=value of the line, among them TDV_REQUEST, TDV_MEMBER (the member's number)
and TDV_LIST. With level = debug in tdv.conf every entry that is put out is told: journalctl TDV_MEMBER=17. There are no personal data in them.
Priorities: info is normal; warning, TDV copes and somebody should look; err, something was set aside or refused that should not have been;
crit, the environment fails and the process ends."""),
            ("EXIT STATUS", "0: stopped. 1: a fault of the environment, logged; systemd starts it again. 2: wrong arguments or settings."),
            ("OLD COPIES", """A daemon whose state is older than what the others have taken of it logs old_copy and does nothing: restore a newer copy (tdv restore),
or all services from one backup."""),
            ("FILES", _FILES_EN),
        ],
    },
    "vi": {
        "NAME": "TÊN", "SYNOPSIS": "CÁCH DÙNG", "DESCRIPTION": "MÔ TẢ", "OPTIONS": "TÙY CHỌN", "SEE ALSO": "XEM THÊM",
        "summary": "các tiến trình của TDV",
        "description": """Mỗi tiến trình quyết định một loại sự kiện, giữ trạng thái trong HOME/state/DỊCH_VỤ và trao đổi qua socket trong HOME/run. Có thể khởi động,
dừng theo thứ tự bất kỳ, và bị ngắt bất cứ lúc nào: những gì đã biên nhận đều ở trên đĩa.""",
        "sections": [
            ("SYSTEMD", """tdv.target khởi động tất cả: systemctl enable --now tdv.target. Chúng chạy với người dùng tdv, không có đặc quyền; chỉ tdv-intake ra mạng.
Trước đó cần `runuser -u tdv -- tdv --home /var/lib/tdv init`."""),
            ("NHẬT KÝ", """Mỗi dòng có các trường TDV_EVENT, TDV_SERVICE, TDV_REQUEST, TDV_MEMBER (số của đảng viên trong hệ thống), TDV_LIST…:
journalctl TDV_MEMBER=17. Không có dữ liệu cá nhân."""),
            ("MÃ KẾT THÚC", "0: đã dừng. 1: lỗi môi trường, có ghi nhật ký; systemd khởi động lại. 2: sai tham số hoặc thiết lập."),
            ("BẢN SAO CŨ", """Tiến trình có trạng thái cũ hơn những gì các tiến trình khác đã nhận sẽ ghi old_copy và không làm gì: hãy khôi phục bản mới hơn
(tdv restore), hoặc mọi dịch vụ từ cùng một bản sao lưu."""),
            ("TỆP", _FILES_VI),
        ],
    },
}
