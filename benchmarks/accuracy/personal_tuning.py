"""Sentences on which rules for personal data were chosen. See `personal_sentences.py`."""

from __future__ import annotations

ENGLISH = """
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
KOREAN = """
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
