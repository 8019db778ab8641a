"""Whether contradictions are told from paraphrases and additions, on pairs labelled beforehand."""

import re
import sys
import tempfile
from pathlib import Path

from curation import conflicts, contradictions
from data import embed
from data.records import Example
from data.settings import DedupSettings
from tests import make

PAIRS = """
figure | A file may be up to 5 GB on every plan. | Since March a file may be up to 20 GB on every plan.
figure | Deleted files are kept for 30 days. | Deleted files stay in the bin for 90 days.
figure | The trial lasts 14 days. | You can try everything for 30 days.
figure | Team costs 12 euros a month per seat. | It is 15 euros per seat and month for Team.
figure | Sync runs every 5 minutes. | It syncs every 15 minutes in the background.
figure | The API allows 100 requests per minute. | You may send 60 requests per minute to the API.
figure | Invoices are due within 14 days. | You have 30 days to pay an invoice.
figure | Up to 3 devices can be linked to one account. | One account can have 10 devices linked.
figure | Uploads are limited to 100 MB. | The upload limit was raised and is 250 MB now.
figure | We keep 10 versions of each file. | Each file has 25 versions in its history.
figure | Students get a discount of 50 %. | The discount for students is 30 percent.
figure | Support answers within 24 hours. | You will hear from support within 48 hours.
figure | The link expires after 7 days. | Shared links expire after 30 days.
figure | A password needs at least 8 characters. | Passwords must have 12 characters or more.
figure | Backups run at 2 am. | Backups run at 4 am each night.
name | Use Ferrybox Pro for large teams. | Use Ferrybox Lite for large teams.
name | Audit logs are part of the Business plan. | Audit logs are part of the Enterprise plan.
name | Your data is stored in Frankfurt. | Your data is stored in Dublin.
name | Ask Anna Berg for a new licence. | Ask Tom Reed for a new licence.
name | Export the list from Settings > Members. | Export the list from Admin > People.
name | Single sign-on works with Okta only. | Single sign-on works with Auth0 only.
name | Payments are handled by Stripe. | Payments are handled by Adyen.
name | The desktop client needs Windows 10. | The desktop client needs Windows 11.
name | Click **Archive** to hide a project. | Click **Suspend** to hide a project.
name | Reports can be downloaded as PDF. | Reports can be downloaded as XLSX.
name | Install it with `pip install ferrybox`. | Install it with `pipx install ferry-cli`.
name | The service desk is run by Northwind. | The service desk is run by Contoso.
name | Tickets are tracked in Jira. | Tickets are tracked in Linear.
name | Guests need the Viewer role to comment. | Guests need the Editor role to comment.
name | The mobile app is built for Android. | The mobile app is built for iOS.
negation | Offline mode is supported on Linux. | Offline mode is not supported on Linux anymore.
negation | You can share a folder with guests. | You cannot share a folder with guests.
negation | Yes, the free plan includes the API. | No, the free plan does not include the API.
negation | Yes. | No, that was removed.
negation | Two-factor login is required for admins. | Two-factor login is optional for admins.
negation | The feature is enabled by default. | The feature is disabled by default.
negation | Admins can read private channels. | Admins can't read private channels.
negation | Deleted accounts can be restored. | Deleted accounts can never be restored.
negation | It is possible to change the owner. | It is impossible to change the owner.
negation | Custom domains are available on Team. | Custom domains are no longer available on Team.
negation | Exports include comments. | Exports don't include comments.
negation | Attachments are encrypted at rest. | Attachments are not encrypted at rest.
negation | Refunds are allowed after a month. | Refunds are not allowed after a month.
negation | The old client still works with version 3. | The old client does not work with version 3 any more.
negation | Yes, you can merge two workspaces. | No, workspaces cannot be merged.
none | Open Settings, choose Security and press Reset. | Go to Settings, then Security, and hit Reset there.
none | The trial lasts 14 days. | You have 14 days to try it.
none | A file may be up to 5 GB. | The cap is 5 GB for a file, which also counts for videos.
none | Deleted files are kept for 30 days. | They stay for 30 days. After that nobody can bring them back.
none | Your data is stored in Frankfurt. | It is kept in Frankfurt, in a data centre of our own.
none | Use Ferrybox Pro for large teams. | For large teams Ferrybox Pro is the right one.
none | Yes, the free plan includes the API. | Yes, the API comes with the free plan too.
none | You cannot share a folder with guests. | Sharing a folder with guests isn't possible.
none | Ask Anna Berg for a new licence. | Anna Berg hands out licences, just ask her.
none | Team costs 12 euros a month per seat. | It is 12 € per seat; there is a discount of 10 % if you pay for a year.
none | Sync runs every 5 minutes. | It runs every 5 minutes, or at once if you press Sync now.
none | Click **Archive** to hide a project. | Click **Archive** in the menu, then **Confirm**.
none | The desktop client needs Windows 10. | Windows 10 or newer is needed for the desktop client.
none | Offline mode is supported on Linux. | Linux supports offline mode, macOS does as well.
none | Payments are handled by Stripe. | Stripe handles payments for us.
none | No, workspaces cannot be merged. | No. It is not possible to merge them.
none | The link expires after 7 days. | After 7 days the link stops working, so make a new one.
none | Passwords must have 12 characters. | Use 12 characters or more, with at least 1 digit.
none | Reports can be downloaded as PDF. | You get a report as PDF by pressing Download.
none | Two-factor login is required for admins. | Admins must use two-factor login.
none | Restart the client and sign in again. | Sign out, restart the client, sign in. Do not delete the folder.
none | Backups run at 2 am. | Every night at 2 am there is a backup, on Sundays it takes longer.
none | Audit logs are part of the Business plan. | You need the Business plan for audit logs. Ask Sales for a quote.
none | You can change the owner under Members. | Under Members, pick another owner. You can't undo that.
none | Export the list from Settings > Members. | Settings > Members has an export button at the top right.
none | Support answers within 24 hours. | Support answers within 24 hours, on weekends within 48 hours.
none | Install it with `pip install ferrybox`. | Run `pip install ferrybox` in your environment.
none | Guests need the Viewer role to comment. | A guest can comment with the Viewer role. Editors can too.
none | Refunds are not allowed after a month. | After a month there is no refund.
none | It syncs in the background. | Syncing happens in the background. It does not need a restart.
none | The API allows 100 requests per minute. | 100 requests per minute is the limit; above it you get a 429.
none | Custom domains are available on Team. | On Team you can have a custom domain, and on Enterprise several.
none | Yes, drag the file onto the window. | Yes. Drop a file on the window and it uploads.
none | Attachments are encrypted at rest. | We encrypt attachments at rest with AES.
none | Uploads are limited to 100 MB. | The limit is 100 MB for one upload.
none | Students get a discount of 50 %. | There is a 50 % discount for students, for 2 years.
none | Open a ticket in the portal. | Please use the portal and open a ticket there.
none | The old client still works. | The old client works, but it is not updated any more.
none | Tickets are tracked in Jira. | We track tickets in Jira, bugs in GitHub.
none | You need admin rights for that. | Only admins can do this.
none | We keep 10 versions of each file. | 10 versions are kept. Version 11 replaces the oldest.
none | Single sign-on works with Okta. | Okta works for single sign-on, and so does Google.
none | The mobile app is built for Android. | There is an app for Android, in the Play Store.
none | Don't worry, nothing is lost. | Nothing is lost.
figure | Full-time staff have 25 days of annual leave. | Annual leave is 28 days for everybody who works full time.
figure | The probation period is three months. | New hires are on probation for six months.
figure | You can carry over 5 days into the next year. | Up to 10 unused days may be carried over.
figure | Parental leave is paid for 12 weeks. | We pay parental leave for 16 weeks.
figure | Visiting hours are from 2 pm to 8 pm. | Visitors are welcome between 10 am and 6 pm.
figure | Do not eat for 6 hours before the operation. | Please fast for 8 hours before the operation.
figure | Parking costs 2 euros an hour. | The car park is 3.50 euros an hour.
figure | Returns are accepted within 30 days. | You can send an item back within 14 days of delivery.
figure | Shipping is free above 50 euros. | Orders over $75 ship for free.
figure | Delivery takes 3 to 5 working days. | Your parcel arrives in 7 to 10 working days.
figure | The default timeout is 30 seconds. | Requests time out after 60 s unless you set something else.
figure | Python 3.9 or later is required. | You need Python 3.11 or later.
figure | The server listens on port 8080. | By default it listens on port 3000.
figure | The desk is on the second floor. | You find the desk on the fourth floor.
figure | Gift cards are valid for one year. | A gift card is good for three years.
figure | The deadline for expense claims is the 5th of the month. | Expense claims must be in by the 20th of the month.
name | Send sick notes to Priya Nair. | Sick notes go to Marcus Field.
name | Payroll is run through Gusto. | Payroll is run through Rippling.
name | Ask for the key at Reception B. | Ask for the key at Reception D.
name | The blood test is done in the Maple Wing. | The blood test is done in the Cedar Wing.
name | Parcels are shipped with DHL. | Parcels are shipped with UPS.
name | Set `LOG_LEVEL=debug` to see more. | Set `VERBOSE=1` to see more.
name | Run `make build` first. | Run `npm run build` first.
name | The config lives in `config.yaml`. | The config lives in `settings.toml`.
name | Benefits are managed by Aetna. | Benefits are managed by Cigna.
name | Deploys go out on Tuesday. | Deploys go out on Thursday.
name | The default branch is `master`. | The default branch is `main`.
name | The warehouse is in Rotterdam. | The warehouse is in Antwerp.
negation | Dogs are allowed in the office. | Dogs are not allowed in the office.
negation | You may work from abroad. | Working from abroad is not permitted.
negation | Overtime is paid. | Overtime is unpaid.
negation | Sale items can be returned. | Sale items can't be returned.
negation | Flowers are welcome on the ward. | Flowers are forbidden on the ward.
negation | Children may visit intensive care. | Children may not visit intensive care.
negation | An appointment is necessary. | No appointment is necessary.
negation | Referrals are required for the clinic. | You can come to the clinic without a referral.
negation | The endpoint needs authentication. | The endpoint works without authentication.
negation | Windows is supported. | Windows is unsupported.
negation | We ship to Switzerland. | We do not ship to Switzerland.
negation | Yes, contractors get a badge. | No, contractors don't get a badge.
negation | The function is thread-safe. | The function is not thread-safe.
negation | Gift wrapping is available. | Gift wrapping is unavailable.
negation | The old API is still supported. | Support for the old API was removed.
none | The break lasts 1 hour. | You have a break of 60 minutes.
none | Fast for 24 hours before the test. | Do not eat for 1 day before the test.
none | The limit is 1 GB. | You can upload up to 1024 MB.
none | The probation period is six months. | Probation takes 6 months.
none | Visiting hours are from 2 pm to 8 pm. | Visitors may come between 14:00 and 20:00.
none | Returns are accepted within 2 weeks. | You can return it within 14 days.
none | Parking costs 2 euros an hour. | It's €2 per hour to park.
none | Use the `--force` flag. | Pass `--force` on the command line, and `--yes` if you don't want to be asked.
none | Full-time staff have 25 days of annual leave. | Annual leave is 25 days a year; part-time staff get their share of it.
none | Bring your insurance card. | Please bring your insurance card and a list of your medicines.
none | Call the ward and ask for the nurse. | Ring the ward; the nurse will help you.
none | Dogs are not allowed in the office. | Please leave your dog at home, the office is closed to dogs.
none | The server listens on port 8080. | Port 8080 is the default. You can change it with `--port`.
none | You can pay by card or by PayPal. | We accept cards, PayPal and, for companies, invoices.
none | Parcels are shipped with DHL. | We ship with DHL, so you get a tracking number by mail.
none | Python 3.9 or later is required. | You need at least Python 3.9. Version 3.12 works as well.
none | Your manager approves the leave. | Leave has to be approved by your manager, usually within 2 days.
none | Submit the form on the intranet. | The form is on the intranet; submit it there before Friday.
none | We ship to Switzerland and Norway. | We also deliver outside the EU, for instance to Switzerland and Norway.
none | It takes half an hour. | It takes 30 minutes.
none | No appointment is necessary. | You do not need an appointment.
none | Overtime is paid. | Overtime is paid with your salary of the next month, not at once.
none | Shipping is free above 50 euros. | Orders over 50 euros ship for free. Below that it costs 4.90 euros.
none | Install the package with npm. | Run npm install; if that fails, delete node_modules and try again.
none | The file may be 1.5 GB. | The file may be 1500 MB.
figure | Rooms can be booked 14 days in advance. | You can book a room up to 60 days ahead.
figure | The cache holds 1000 entries. | At most 5000 entries are kept in the cache.
figure | The notice period is four weeks. | You have to give notice three months ahead.
figure | The pharmacy closes at 18:00. | The pharmacy closes at 8 pm.
figure | The annual fee is $120. | We charge $95 a year.
figure | Meal vouchers are worth 7 euros each. | Each meal voucher has a value of 9 euros.
figure | Retries happen up to three times. | A failed call is retried five times.
name | Reimbursements go through Expensify. | Reimbursements go through Spendesk.
name | Please see Dr. Alvarez for vaccinations. | Please see Dr. Okafor for vaccinations.
name | Stand-up is on Monday. | Stand-up is on Wednesday.
name | Logs go to `/var/log/app`. | Logs go to `/opt/app/logs`.
name | Refunds are paid in store credit to your Wallet. | Refunds are paid to your PayPal account.
name | The meeting point is Gate North. | The meeting point is Gate South.
negation | Interns are entitled to a laptop. | Interns are not entitled to a laptop.
negation | Phones must be switched off. | Phones may stay switched on.
negation | Cash is accepted. | Cash is no longer accepted.
negation | You can cancel the order after it was shipped. | Once it was shipped the order can't be cancelled.
negation | The build is reproducible. | The build is not reproducible.
negation | A fever has to be reported. | A fever does not have to be reported.
negation | Telemetry is on by default. | Telemetry is off by default.
none | The meeting takes 90 minutes. | The meeting takes an hour and a half.
none | Rooms can be booked 14 days in advance. | You can book a room two weeks ahead.
none | The cache holds 1000 entries. | It keeps 1,000 entries.
none | The pharmacy closes at 18:00. | The pharmacy is open until 6 pm.
none | Interns get a laptop. | Interns get a laptop and a monitor on their first day.
none | Cash is not accepted. | We don't take cash.
none | The weight limit is 2 kg. | A parcel may weigh up to 2000 g.
none | Lock the cabinet when you leave. | The cabinet has to be locked when you go. Don't leave the key in it.
none | Ask the front desk for a wheelchair. | Wheelchairs are handed out at the front desk, free of charge.
none | Send a pull request against main. | Open a pull request; the target is main and CI must pass.
none | The notice period is three months. | Notice is 3 months, or 2 weeks during probation.
none | Set the variable in your shell. | Export the variable in your shell, for instance in .bashrc.
"""

NEAR = """
none | Open **Preferences > Sync > Choose folders** and clear the boxes of the folders you do not need. They stay in the cloud. | Open **Profile > Devices**, pick the computer and choose **Wipe**. Files in the cloud are untouched.
none | Go to **Settings > Billing** and press **Change card**. The new card is charged from the next month on. | Go to **Settings > Team** and press **Invite**. Each new member is charged from the next month on.
none | In **Admin > Exports** choose CSV. The file is ready within 10 minutes. | In **Admin > Imports** choose a file. We keep it for 30 days.
none | Run `acme login` first. Then `acme push` uploads the folder. | Run `acme logout` on the old computer. Then `acme login` works on the new one.
none | The mobile app keeps the last 50 documents offline. Pin more of them under **Offline**. | The desktop app keeps everything offline. Choose what it leaves out under **Selective**.
none | Invoices are sent by e-mail on the 1st of each month. You also find them under **Billing**. | The usage report is sent by e-mail on Mondays. You also find it under **Reports**.
none | Wash your hands for at least 20 seconds. Dry them with a clean towel. | Stay at home for 14 days. Ask others to do your shopping.
none | In Germany we work with DHL. Parcels arrive after two days. | In Austria we work with the Post. Returns are free there.
none | The API is described at Swagger. Keys are made under **Developers**. | The webhooks are described in the Handbook. Secrets are made under **Security**.
none | Not all plans include support by phone. Ask Sales. | Plans include support by e-mail. Answers come within a day.
none | Use the `--dry-run` flag to see what would happen. Nothing is written then. | Use the `--force` flag to overwrite files. They are written at once.
none | For more about roles, see Managing Members. | For more about invoices, see Understanding Bills.
none | Since Windows 11 the app comes from the Store. Older ones need the installer. | Since macOS 13 the app asks for more rights. Grant them under Privacy.
none | Teams of up to 5 people pay nothing. The Free plan never ends. | Workspaces of more than 200 people get a manager of their own. The Enterprise plan has a contract.
none | The backup runs at 2 am. It takes an hour. | The report is made at 6 am. It goes to all admins.
none | You can restore a deleted file for 30 days. Open **Trash** for that. | You can restore a deleted account for 90 days. Write to support for that.
none | Two-factor login is set up under **Security**. Any authenticator will do. | Single sign-on is set up under **Identity**. Okta and Entra will do.
none | Guests see the folders that were shared with them. They do not count as seats. | Viewers see all folders of the team. They count as half a seat.
none | The Berlin office is on the third floor. Ring at Acme. | The Paris office is on the first floor. Ring at Lumen.
none | A link may carry a password. Set it in the dialog. | A folder may not carry a password. Use a link for that.
none | Sync pauses when the battery is below 15 %. Plug it in to go on. | Uploads slow down when the disk is over 95 % full. Make room to go on.
none | To install it on Linux, add our repository and run `apt install acme`. | To install it on macOS, fetch the image and drag Acme into Applications.
none | Yes, you can pay by card. Choose it at the checkout. | No, we take no cheques. Choose another way at the checkout.
none | School starts at grade K-12 programs on Monday. | A school with a COVID-19 case stays closed on Monday.
none | ```
$ acme log --since Monday
```
It prints what has changed. | ```
$ acme log --until Friday
```
It prints what has changed.
figure | A link expires 30 days after it was made. You can revive it for a while. | New links live for 90 days by default, says the release note. Set any date in the dialog.
figure | Stay about 6 feet away from others. Avoid crowds. | Keep a distance of 3 feet to others who cough. Wear a mask.
figure | A single file may be up to 5 GB on every plan. Larger ones are skipped. | It was raised: 20 GB for a file, on every plan. You need version 4.9.
figure | Deleted files stay in the trash for 30 days. After that they are gone. | Yes, open the trash. Files are kept there for 60 days.
figure | The incubation period is 5 days on average. Tests come later. | On average the incubation period lasts 11 days. Stay at home.
figure | Support answers tickets within 24 hours. Urgent ones go first. | Write a ticket. Our support answers within 3 days.
name | Audit logs are part of the Business plan. They go back a year. | You find who did what in the audit logs. Audit logs are part of the Enterprise plan.
name | Customer data is stored in Frankfurt. Nothing leaves the EU. | We comply with the law. Customer data is stored in Dublin, encrypted.
name | Travel expenses are handed in through Expensify. Keep the receipts. | Yes, hotels too. Travel expenses are handed in through Spendesk.
negation | Guests can download files. Ask the owner. | Sharing with others is fine. Guests cannot download files.
negation | Offline mode is supported on Linux. Install the client. | On Linux you need a browser. Offline mode is not supported on Linux.
negation | Annual plans can be cancelled at any time. Write to us. | We refund nothing. Annual plans can't be cancelled at any time.
"""
"""Answers to two questions that are near in meaning."""


def measure() -> dict[str, float]:
    found = differing()
    labels = [label for label, _, _ in pairs()]
    both = list(zip(labels, found, strict=True))
    right = sum(bool(facts) and label != "none" for label, facts in both)
    kinds = sum(any(fact.startswith(label) for fact in facts) for label, facts in both)
    expected = sum(label != "none" for label in labels)
    near = [
        (label, bool(contradictions.differences(one, other, same_question=False)))
        for label, one, other in near_pairs()
    ]
    hits = sum(found and label != "none" for label, found in near)
    return {
        "pairs": len(labels),
        "precision": round(right / sum(map(bool, found)), 3),
        "recall": round(right / expected, 3),
        "kind_recall": round(kinds / expected, 3),
        "near_pairs": len(near),
        "near_precision": round(hits / sum(found for _, found in near), 3),
        "near_recall": round(hits / sum(label != "none" for label, _ in near), 3),
    }


def pairs() -> list[tuple[str, str, str]]:
    """Label, and two answers to one question."""
    rows = (line.split(" | ") for line in PAIRS.strip().splitlines())
    return [(label, first, second) for label, first, second in rows]


def near_pairs() -> list[tuple[str, str, str]]:
    """Label, and two answers of several sentences to two questions."""
    rows = re.split(r"^(none|figure|name|negation) \| ", NEAR, flags=re.MULTILINE)[1:]
    answers = (each.strip().split(" | ") for each in rows[1::2])
    return [(label, one, other) for label, (one, other) in zip(rows[::2], answers, strict=True)]


def differing() -> list[tuple[str, ...]]:
    """Of each pair the facts on its card; empty where there is no card."""
    rows = [
        [_asked(number, answer, source) for source, answer in enumerate(answers)]
        for number, (_, *answers) in enumerate(pairs())
    ]
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "vectors.sqlite"
        settings = DedupSettings()
        embed.embed([row.answer for pair in rows for row in pair], settings.embedder, cache)
        cards = [
            conflicts.find(pair, [(pair[0].id, pair[1].id)], settings, cache) for pair in rows
        ]
    return [found[0].differs if found else () for found in cards]


def _asked(number: int, answer: str, source: int) -> Example:
    return make.example(f"What about number {number}?", answer, family=f"{number}-{source}")


if __name__ == "__main__":
    for (label, one, other), facts in zip(pairs(), differing(), strict=True):
        if (label == "none") is bool(facts) or (facts and not facts[0].startswith(label)):
            sys.stdout.write(f"{label}: {one} | {other}: {facts}\n")
    for label, one, other in near_pairs():
        facts = contradictions.differences(one, other, same_question=False)
        if (label == "none") is bool(facts):
            sys.stdout.write(f"near {label}: {one} | {other}: {facts}\n")
