"""Vietnamese for what speaks English only: the settings.  A setting that has no line here stops the build of the manual, so that the
page cannot fall behind the programs."""

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
