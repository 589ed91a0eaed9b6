"""Vietnamese for what speaks English only: the options of tdv-facility and tdv-seed, and the settings.  An option or a setting that
has no line here stops the build of the manual, so that the pages cannot fall behind the programs."""

FACILITY = {
    "NAME": "cơ sở in ở cửa tiếp nhận của hệ thống TDV",
    "USAGE": "tdv-facility (--home THƯ_MỤC | --endpoint ĐỊA_CHỈ) (--as TÊN | --key TỆP) --spool THƯ_MỤC [tùy chọn]",
    "DESCRIPTION": """Một cơ sở in: lấy lệnh in ở cửa tiếp nhận, in, báo kết quả, đóng hộp và gửi đi. Chương trình thay cho hệ thống riêng của cơ sở in:
lệnh đến như thư, dữ liệu cá nhân niêm phong bằng khóa của cơ sở in; mọi trả lời đều được ký.""",
    "EXIT": "0: xong, hoặc được dừng bằng SIGTERM. 1: bị từ chối hoặc lỗi. 2: dùng sai.",
    "--home": ("THƯ_MỤC", "hệ thống trên máy này"),
    "--endpoint": ("ĐỊA_CHỈ", "hệ thống ở nơi khác, ví dụ tcp://máy:4600"),
    "--as": ("TÊN", "cán bộ TÊN của hệ thống: khóa và tổ chức lấy từ THƯ_MỤC/keys/officers"),
    "--key": ("TỆP", "khóa riêng (PEM) của cán bộ cơ sở in"),
    "--organisation": ("MÃ", "mã của cơ sở in"),
    "--spool": ("THƯ_MỤC", "nơi giữ công việc; mỗi lúc một cơ sở in"),
    "--once": ("[=MS]", "kết thúc khi mọi lệnh đã gửi đi và không có thư nào đến trong MS (1000) mili giây"),
    "--spoil": ("PHẦN_NGHÌN", "cho chừng ấy thẻ không đạt kiểm tra chất lượng"),
    "--refuse": ("PHẦN_NGHÌN", "từ chối chừng ấy dòng"),
    "--waste": ("PHẦN_NGHÌN", "gặp phôi hỏng trước chừng ấy thẻ và báo lại"),
    "--seed": ("SỐ", "chọn những thẻ nào"),
    "--cards": ("SỐ", "nghỉ sau chừng ấy thẻ, dù còn thẻ phải làm"),
    "--terminal": ("SỐ", "số của máy trạm này (90)"),
    "--keep": ("", "giữ dữ liệu cá nhân của các lệnh đã gửi"),
    "--json": ("", "tiến độ dạng JSON, mỗi sự kiện một dòng"),
    "--help": ("", "trợ giúp"),
    "--version": ("", "phiên bản"),
}

SEED = {
    "NAME": "tạo một xã giả lập để thử TDV",
    "USAGE": "tdv-seed --out THƯ_MỤC [--members SỐ] [--organisations SỐ] [--seed SỐ] [--date NĂM-THÁNG-NGÀY]",
    "DESCRIPTION": """Ghi ra một xã giả lập: organisations.csv, members.csv, officers.csv, lists/CHI_BỘ-exchange.csv, lists/CHI_BỘ-new.csv, photos/SỐ_LÝ_LỊCH.jpg,
receipts/CHI_BỘ.jpg (danh sách ký nhận đã quét), và hai tệp cố ý có lỗi. Cùng tùy chọn, kể cả ngày, thì ra đúng những byte ấy. Tên, số, ảnh và bản quét
đều không có thật.""",
    "EXIT": "",
    "--out": ("THƯ_MỤC", "nơi ghi"),
    "--members": ("SỐ", "số đảng viên của xã (6202)"),
    "--organisations": ("SỐ", "số tổ chức dưới xã (134)"),
    "--seed": ("SỐ", "một xã khác (1)"),
    "--date": ("NGÀY", "ngày mà dữ liệu mô tả (hôm nay)"),
    "--help": ("", "trợ giúp"),
    "--version": ("", "phiên bản"),
}

SETTINGS = {
    "NAME": "thiết lập của một hệ thống TDV",
    "DESCRIPTION": """Một tệp dạng INI: các mục, tên = giá trị, # trước lời chú. Điều không ghi thì theo mặc định; mục hay tên không có, giá trị ngoài giới hạn
là lỗi, nêu đúng dòng. Tiến trình đọc tệp khi khởi động: systemctl restart tdv.target.""",
    "number": "Số của hệ thống này giữa các hệ thống. Đã chạy thì không đổi nữa: số có trong tên của mọi sổ ghi.",
    "door": "Nơi máy trạm và cơ sở in gặp cửa tiếp nhận: một địa chỉ ZeroMQ. ipc://run/door là socket trong thư mục này; cho máy khác: tcp://0.0.0.0:4600.",
    "map_mib": "Cỡ lớn nhất của kho dữ liệu một dịch vụ. Chỉ là vùng địa chỉ: tệp lớn dần theo dữ liệu.",
    "reserve_mib": "Chỗ trống của đĩa và của kho; ít hơn thì cửa không nhận thêm, để việc đang làm kết thúc được.",
    "batch_inputs": "Một lượt nhận nhiều nhất bao nhiêu việc.",
    "batch_entries": "Một lượt nên đưa ra nhiều nhất bao nhiêu bản ghi.",
    "batch_kib": "Cỡ của số bản ghi ấy.",
    "effects": "Số việc ngoài (tra kho hồ sơ và tương tự) làm giữa hai lượt.",
    "segment_mib": "Cỡ mà một đoạn sổ ghi được niêm lại.",
    "hot_turns": "Số lượt còn ở lại trong kho sau khi mọi nơi đã nhận.",
    "jump_seconds": "Đồng hồ nhảy chừng ấy thì các hẹn giờ dừng lại cho tới `tdv clock accept`.",
    "absent_days": "Khởi động lại sau chừng ấy ngày thì cũng vậy.",
    "intake": "Nơi các dịch vụ khác hỏi sổ ghi của dịch vụ này: một địa chỉ ZeroMQ. ipc://run/TÊN.log là socket trong thư mục này; "
    "tcp://10.0.0.1:4601 để nơi đọc ở máy khác, thiết lập ở đó cũng ghi như vậy. Không mã hóa, không hỏi ai đọc: chỉ dùng trong mạng riêng "
    "của hệ thống.",
    **{service: "Cũng vậy." for service in ("registry", "verification", "approval", "printing", "delivery", "inspection", "revocation")},
    "level": "Ghi nhật ký từ mức này trở lên: debug, info, warn, error.",
}
