"""Sao lưu khi đang chạy, khôi phục vào nơi khác, so sánh và kiểm toán."""

from tdv_site import Site

TITLE = ("Sao lưu và khôi phục", "Backup and restore")


def run(h):
    h.way.settle()
    before = h.json("outcome")
    h.say("Sao lưu khi mọi dịch vụ đang chạy; khóa để riêng.", "A backup while everything runs; the keys apart.")
    h.tdv("backup", "sao-luu", "--keys", "khoa")
    h.say("Khôi phục vào một nơi khác.", "Restored into another home.")
    h.elsewhere("restore", "sao-luu", "--keys", "khoa", "--home", "noi-khac")
    with Site(h.folder / "noi-khac") as other:
        other.up()
        mine, h.site = h.site, other
        try:
            h.expect(h.json("outcome") == before, "Nơi khôi phục cho cùng kết quả", "The restored site tells the same outcome")
            h.audit()
            h.expect(True, "Kiểm toán nơi khôi phục: không có vi phạm", "The audit of the restored site finds nothing")
        finally:
            h.site = mine
