"""The words around the values of `personal_sentences`: those for tuning, and those to measure."""

from __future__ import annotations

_TUNING_EN = """
Write to {email} for the minutes.
My address is {email}, not the old one.
Please cc {email} and {email} on the reply.
Call me at {phone} after five.
Phone: {phone}
You can reach the office on {phone} or {phone}.
Tel. {phone}, ask for the gardener.
The courier left his number, {phone}, at the door.
Charge it to {card}, expiry 09/27.
Card number {card} was declined twice.
The customer paid with {card} on {date}.
Transfer the rent to {iban} by Friday.
IBAN {iban}, BIC WESTGB2L
The request came from {ip_address} at {time}.
Server {ip_address} did not answer.
Block {ip_address} at the gateway.
The printer's MAC is {mac_address}.
Device {mac_address} joined the network.
The tenant's resident registration number is {resident_number}.
Foreigner registration number: {resident_number}
Her ID is {resident_number} according to the form.
Business registration number {business_number}
The supplier, {business_number}, sends invoices monthly.
SSN: {ssn}
His social security number is {ssn}.
Employee {ssn} left in March.
Passport number {passport}, issued in Seoul.
Her passport ({passport}) expires next year.
Driver's license {drivers_licence}
Licence {drivers_licence} was shown at the desk.
Account number {bank_account}, held by the cooperative.
Wire it to bank account {bank_account}.
Order {order} was shipped on {date}.
Your order number is {order}.
ISBN {isbn}
The book, ISBN {isbn}, costs {price}.
Version {version} was released on {date}.
We upgraded to version {version} last week.
Part number {code} is out of stock.
Replace part no. {code} and serial number {order}.
Tracking number {tracking}
Track the parcel with {tracking}.
Commit {hash} broke the build.
The file's checksum is {hash}.
It costs {price} or {price} with tax.
The well is at {place}.
The meeting on {date} begins at {time}.
Sales in {years} rose each year.
Logged at {stamp} by the daemon.
The netmask is {mask}.
The table lists {figures}.
Tomatoes grow along the south wall since {date}.
The invoice number {order} is missing.
Ticket number {order} was closed.
Nobody knows what {number} means.
{tracking}
{hash} {hash}
He wrote {stamp} on the wall.
{isbn}
J. Smith | {email} | {phone} | room 12
{"user": "{email}", "ip": "{ip_address}", "ts": {stamp}}
{ip_address} - - [{date}] "GET /item/{number} HTTP/1.1" 200 512
https://example.com/item/{number}?v={stamp}
INSERT INTO t VALUES ({number}, '{phone}', '{email}');
Kind regards, Anna Lee, {phone}
Invoice {order}: please pay to {iban} or by {card}.
Sum of {figures} is wrong, see row {number}.
Between 09:00-18:00, desk 02-12-2020, bay 3-2-1.
Student 2019-12345, plate 12-3456, flat B-1203-04.
Born {date}, registered under {resident_number}, reachable at {phone}.
E = 6.02214076 x 10^23 and pi = 3.14159265358979
"""
_TUNING_KO = """
회의록은 {email}로 요청하세요.
제 주소는 {email}입니다.
답장에 {email}과 {email}을 참조로 넣어 주세요.
{phone}으로 전화 주세요.
연락처: {phone}
사무실 전화는 {phone} 또는 {phone}입니다.
휴대폰 {phone}, 담당자 홍길동
기사님이 {phone} 번호를 남겼습니다.
카드번호 {card}로 결제했습니다.
{card} 카드가 두 번 거절되었습니다.
고객이 {date}에 {card}로 지불했습니다.
집세는 {iban}으로 보내 주세요.
IBAN {iban}
{time}에 {ip_address}에서 요청이 왔습니다.
서버 {ip_address}가 응답하지 않습니다.
{ip_address} 접속을 차단하세요.
프린터의 MAC 주소는 {mac_address}입니다.
장치 {mac_address}가 연결되었습니다.
주민등록번호 {resident_number}
세입자의 주민번호는 {resident_number}입니다.
외국인등록번호: {resident_number}
신청서에 {resident_number}라고 적혀 있습니다.
사업자등록번호 {business_number}
공급자({business_number})는 매월 청구합니다.
사회보장번호 {ssn}
여권번호 {passport}, 서울 발급
여권({passport})은 내년에 만료됩니다.
운전면허 번호 {drivers_licence}
면허증 {drivers_licence}을 확인했습니다.
계좌번호 {bank_account}, 예금주 조합
국민은행 {bank_account}로 입금해 주세요.
농협 {bank_account}
주문번호 {order}는 {date}에 발송되었습니다.
고객님의 주문 번호는 {order}입니다.
ISBN {isbn}
이 책(ISBN {isbn})은 {price}원입니다.
버전 {version}은 {date}에 나왔습니다.
지난주에 버전 {version}으로 올렸습니다.
품번 {code}은 재고가 없습니다.
부품번호 {code}를 교체하세요.
운송장 번호 {tracking}
택배 송장 {tracking}을 조회하세요.
커밋 {hash}가 빌드를 깨뜨렸습니다.
파일의 해시는 {hash}입니다.
가격은 {price}원, 세금 포함 {price}원입니다.
우물의 좌표는 {place}입니다.
{date} 회의는 {time}에 시작합니다.
매출은 {years} 해마다 올랐습니다.
기록 시각 {stamp}
넷마스크는 {mask}입니다.
법인등록번호 {corporation}
표에는 {figures}이 있습니다.
{date}부터 남쪽 담장에 토마토가 자란다.
접수번호 {order}를 확인하세요.
{number}가 무엇인지 아무도 모른다.
{tracking}
{hash} {hash}
벽에 {stamp}라고 적었다.
{corporation} 노을섬
홍길동 | {email} | {phone} | 12호실
{"user": "{email}", "ip": "{ip_address}", "ts": {stamp}}
{ip_address} - - [{date}] "GET /item/{number} HTTP/1.1" 200 512
https://example.com/item/{number}?v={stamp}
INSERT INTO t VALUES ({number}, '{phone}', '{email}');
감사합니다. 이안나 드림 {phone}
주문번호 {order}: {iban} 계좌 또는 {card} 카드로 결제 바랍니다.
{figures}의 합이 틀리니 {number}행을 보세요.
운영 09:00-18:00, 창구 02-12-2020, 3-2-1번 칸
학번 2019-12345, 차량 12-3456, B-1203-04호
{date}생, 등록번호 {resident_number}, 전화 {phone}
아보가드로 수 6.02214076 x 10^23, 원주율 3.14159265358979
"""
_MEASURING_EN = """
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
_MEASURING_KO = """
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


def _lines(text: str) -> list[str]:
    return [line.replace("\\n", "\n") for line in text.strip().splitlines()]


TUNING = {"English": _lines(_TUNING_EN), "Korean": _lines(_TUNING_KO)}
MEASURING = {"English": _lines(_MEASURING_EN), "Korean": _lines(_MEASURING_KO)}
