"""Sentences by which rules for personal data are judged. See `personal_sentences.py`."""

from __future__ import annotations

ENGLISH = """
For a copy of the lease, drop a line to {email}.
{email} wrote on {date} that the roof leaks.
Contacts: {email}; {email}
(reply to {email})
Should anything break, ring {phone}.
Mobile {phone} / fax {phone}
The plumber answers at {phone} on weekends.
Emergency contact: Anna Lee, {phone}
Text {phone} with your flat number.
Her cell is {phone}, she said.
A refund went back to credit card {card}.
{card} (Visa) is on file.
We stored {card} by mistake, please delete it.
Payments by card: {card}
The deposit was returned to {iban}.
Beneficiary: Anna Lee, {iban}
Failed login from {ip_address} ({time}).
ping {ip_address} showed no loss.
The camera got {ip_address} by DHCP.
Traffic between {ip_address} and {ip_address} was dropped.
Wake the machine with {mac_address}.
Lease for {mac_address} ends at {time}.
Applicant: Kim Minji, {resident_number}
Alien registration no. {resident_number} was checked at the counter.
RRN {resident_number} must not be stored.
Seller's BRN: {business_number}
Issued by Noeul Cooperative ({business_number}).
Taxpayer's SSN {ssn}, filed jointly.
Please confirm that {ssn} is your social security number.
Patient: J. Smith, {ssn}
The traveller holds passport {passport}.
Passport no.: {passport}
Driving licence number {drivers_licence}, class 1
He drove with licence no. {drivers_licence}.
Refund to account no. {bank_account}, please.
Acct {bank_account} was overdrawn in May.
Reference number {order} must be quoted.
Invoice no. {order}, due {date}
Purchase order {order} covers both.
He cited ISBN {isbn} in the footnote.
Second edition, ISBN {isbn}, {price}
Firmware {version} fixes the pump.
Kernel version {version} is required.
See release {version} of {date}.
Model number {code}, colour red
Item no. {code} fits all valves.
The parcel {tracking} is on its way.
Shipment {tracking} left the depot on {date}.
sha256 begins with {hash}
Request id {hash} failed.
The total is {price}, the deposit {price}.
GPS coordinates: {place}
Opened {date}, closed {date}.
From {time} to {time} nobody was there.
Rainfall for {years} is missing.
timestamp={stamp}
Use {mask} as usual.
Rows: {figures}
Serial number {order}, lot {code}
The case number is {order}.
The pond holds 900 litres and 35 fish, counted on {date}.
Barcode {isbn} does not scan.
{number} arrived broken.
Under the lid it says {tracking}.
{figures}
Between {date} and {date} we counted {stamp} drops.
The label reads {number}, the lid {hash}.
Lee, Anna; {phone}; {email}; {date}
{"customer": {"mail": "{email}", "mobile": "{phone}"}, "id": "{hash}"}
{time} sshd[4211]: Accepted password for anna from {ip_address} port 50022
https://shop.example.org/p/{number}#reviews-{stamp}
name,phone,card\nLee,{phone},{card}
-- \nAnna Lee\n{phone}\n{email}
To settle order {order} use {iban}; cards such as {card} are fine too.
Cells {figures} add up, cell {number} does not.
Open 10:00-19:30 from 03-01 to 11-30-2024, hall 4-11-2.
Locker 2021-00317, tram 11-4532, block C-17-0420.
The applicant ({resident_number}, {phone}) lives in Seoul since {date}.
sqrt(2) = 1.41421356237309 and e = 2.718281828459045
Call number {isbn} on shelf 12; questions to {email}.
Asset {code} sits beside {mac_address} in rack 14.
"""
KOREAN = """
임대차 계약서 사본은 {email} 앞으로 신청하십시오.
{email} 님이 {date}에 지붕이 샌다고 알려 왔다.
담당: {email}, {email}
(회신 {email})
고장이 나면 {phone}번으로 연락 바랍니다.
핸드폰 {phone} / 팩스 {phone}
배관공은 주말에도 {phone}에서 받습니다.
비상 연락망: 이안나 {phone}
동호수를 {phone}로 문자 주세요.
어머니 번호는 {phone}이라고 했다.
환불은 신용카드 {card}로 처리되었습니다.
{card}(비자)가 등록되어 있습니다.
실수로 {card}를 저장했으니 지워 주세요.
결제 카드: {card}
보증금은 {iban}으로 돌려드렸습니다.
수취인 이안나, {iban}
{ip_address}에서 로그인에 실패함({time})
카메라가 받은 IP는 {ip_address}이다.
{ip_address}와 {ip_address} 사이의 통신이 끊겼다.
관리자 페이지는 {ip_address} 입니다.
{mac_address} 기기를 깨우세요.
임대 기기 {mac_address}, 종료 {time}
신청인 김민지 {resident_number}
외국인 등록 번호 {resident_number} 확인함
대리인의 주민등록번호({resident_number})는 저장하지 않는다.
본인 확인: {resident_number}
판매자 사업자번호 {business_number}
발행: 노을섬 협동조합({business_number})
미국 사회보장번호(SSN) {ssn}
여행자는 여권 {passport}를 소지함
여권 번호: {passport}
운전면허증 번호 {drivers_licence}, 1종 보통
운전자는 {drivers_licence} 면허를 제시했다.
환불 계좌: 신한은행 {bank_account}
{date}까지 우체국 {bank_account}로 송금하세요.
입금 계좌 {bank_account} (예금주 이안나)
관리번호 {order}를 반드시 적으십시오.
영수증 번호 {order}, 기한 {date}
발주 번호 {order}에 둘 다 들어 있다.
각주에 ISBN {isbn}을 적었다.
개정판 ISBN {isbn}, {price}원
펌웨어 {version}에서 펌프가 고쳐졌다.
커널 버전 {version} 이상이 필요하다.
{date} 릴리스 {version} 참조
모델 {code}, 빨간색
자재 {code}는 모든 밸브에 맞는다.
배송 중인 상품의 송장은 {tracking}이다.
택배 {tracking}이 {date}에 출발했다.
sha256 값은 {hash}로 시작한다
요청 {hash} 실패
합계 {price}원, 보증금 {price}원
측량점의 위도와 경도: {place}
{date} 개관, {date} 휴관
{time}부터 {time}까지 아무도 없었다.
강수량 자료({years})가 없다.
타임스탬프 {stamp}
서브넷 마스크 {mask}
법인 등기번호 {corporation}, 본점 서울
행: {figures}
일련번호 {order}, 규격 {code}
사건번호 {order}
연못에는 물 900리터와 물고기 35마리가 있다. {date} 조사.
바코드 {isbn}이 읽히지 않는다.
특허 출원 {code}, {date}
{number}가 깨진 채 도착했다.
뚜껑 아래에 {tracking}라고 쓰여 있다.
{figures}
{date}부터 {date}까지 {stamp} 방울을 세었다.
라벨에는 {number}, 뚜껑에는 {hash}
이안나; {phone}; {email}; {date}
{"고객": {"메일": "{email}", "휴대폰": "{phone}"}, "id": "{hash}"}
{time} sshd[4211]: Accepted password for anna from {ip_address} port 50022
https://shop.example.org/p/{number}#reviews-{stamp}
이름,전화,카드\n이안나,{phone},{card}
-- \n이안나\n{phone}\n{email}
주문 {order} 건은 {iban} 또는 {card} 카드로 정산합니다.
{figures}칸은 맞고 {number}칸은 틀리다.
10:00-19:30 영업, 03-01부터 11-30-2024까지, 4-11-2관
사물함 2021-00317, 전차 11-4532, C-17-0420동
신청인({resident_number}, {phone})은 {date}부터 서울에 산다.
제곱근 2는 1.41421356237309, 자연상수는 2.718281828459045
청구기호 {isbn}, 문의 {email}
자산 {code} 옆 {mac_address} 장비는 14번 랙에 있다.
"""
