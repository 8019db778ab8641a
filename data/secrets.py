"""Secrets by their shape: each kind of key and token has a literal part that gives it away.

Several shapes follow the rules of gitleaks (MIT), https://github.com/gitleaks/gitleaks.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

Replace = str | Callable[[re.Match[str]], str]
_ANYTHING = re.compile("")


@dataclass(frozen=True)
class Rule:
    kind: str
    hint: str
    """What stands in every match; looking for it first is what makes a chat export fast."""
    pattern: re.Pattern[str]
    replace: Replace
    near: re.Pattern[str] = _ANYTHING
    """A cheap pattern that is found wherever the other one is."""

    def apply(self, text: str, counts: Counter[str]) -> str:
        if not self.near.search(text):
            return text

        def put(match: re.Match[str]) -> str:
            made = self.replace(match) if callable(self.replace) else match.expand(self.replace)
            if made != match[0]:
                counts[self.kind] += 1
            return made

        return self.pattern.sub(put, text)


def _secret(kind: str, hint: str, pattern: str, keep: str = "") -> Rule:
    """`keep` is what of the match stays before the placeholder, as a template."""
    return Rule(f"secret:{kind}", hint, re.compile(pattern, re.DOTALL), f"{keep}[SECRET:{kind}]")


def _assigned(match: re.Match[str]) -> str:
    """`api_key = 8f3aB0...`: a value with both letters and digits, not a placeholder."""
    value = match["value"]
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return f"{match['name']}[SECRET:assigned]" if mixed else match[0]


SECRETS: tuple[Rule, ...] = (
    _secret(
        "private-key",
        "PRIVATE KEY",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:.*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=\s]*)",
    ),
    _secret(
        "slack-file",
        "slack",
        r"(?:https?://)?(?:files\.slack\.com|slack-files\.com|[\w-]+\.slack\.com/files(?:-pri|-tmb)?)"
        r"/[^\s|<>)\]\"']+",
    ),
    _secret(
        "slack-webhook",
        "hooks.slack",
        r"(?:https?://)?hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[^\s|<>)\]\"'`]+",
    ),
    _secret("slack-token", "xox", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9%/+=_-]{6,}"),
    _secret("slack-token", "xapp-", r"\bxapp-[A-Za-z0-9-]{8,}"),
    *(
        _secret("aws-key", kind, rf"\b{kind}[A-Z0-9]{{16}}\b")
        for kind in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    *(
        _secret("github-token", kind, rf"\b{kind}[A-Za-z0-9]{{16,}}")
        for kind in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")
    ),
    _secret("github-token", "github_pat_", r"\bgithub_pat_\w{20,}"),
    _secret("gitlab-token", "glpat-", r"\bglpat-[\w-]{16,}"),
    _secret("anthropic-key", "sk-ant-", r"\bsk-ant-[\w-]{20,}"),
    _secret("openai-key", "sk-", r"\bsk-(?:[A-Za-z0-9]+-)*[A-Za-z0-9_]{16,}[\w-]*"),
    _secret("stripe-key", "k_", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    _secret("stripe-key", "whsec_", r"\bwhsec_[A-Za-z0-9]{10,}"),
    _secret("google-key", "AIza", r"\bAIza[\w-]{35}"),
    _secret("huggingface-token", "hf_", r"\bhf_[A-Za-z0-9]{20,}"),
    _secret("npm-token", "npm_", r"\bnpm_[A-Za-z0-9]{30,}"),
    _secret("pypi-token", "pypi-", r"\bpypi-AgE[\w-]{30,}"),
    _secret("sendgrid-key", "SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    _secret("twilio-key", "SK", r"\bSK[0-9a-f]{32}\b"),
    _secret("telegram-token", ":AA", r"\b\d{8,10}:AA[\w-]{33}\b"),
    _secret("age-key", "AGE-SECRET-KEY-1", r"\bAGE-SECRET-KEY-1[A-Z0-9]{40,}"),
    _secret("atlassian-token", "ATATT3", r"\bATATT3[\w=-]{50,}"),
    _secret("azure-key", "AccountKey=", r"(AccountKey=)[A-Za-z0-9+/]{40,}=*", keep=r"\1"),
    _secret("azure-signature", "sig=", r"([?&]sig=)[A-Za-z0-9%]{30,}", keep=r"\1"),
    _secret(
        "basic-auth", "asic ", r"([Aa]uthorization:\s*[Bb]asic )[A-Za-z0-9+/]{8,}=*", keep=r"\1"
    ),
    _secret("brevo-key", "xkeysib-", r"\bxkeysib-[a-f0-9]{40,}-[A-Za-z0-9]{8,}"),
    _secret("databricks-token", "dapi", r"\bdapi[a-f0-9]{32}(?:-\d)?"),
    _secret("digitalocean-token", "_v1_", r"\bdo[opr]_v1_[a-f0-9]{40,}"),
    _secret(
        "discord-webhook",
        "/api/webhooks/",
        r"https?://[\w.]*discord(?:app)?\.com/api/webhooks/\S+",
    ),
    _secret("docker-token", "dckr_pat_", r"\bdckr_pat_[\w-]{20,}"),
    _secret("doppler-token", "dp.", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9]{40,}"),
    _secret("dropbox-token", "sl.", r"\bsl\.(?:u\.)?[\w-]{100,}"),
    _secret("fly-token", "fm2_", r"\bfm2_[A-Za-z0-9+/=]{40,}"),
    _secret("google-oauth", "ya29.", r"\bya29\.[\w-]{20,}"),
    _secret("google-client-secret", "GOCSPX-", r"\bGOCSPX-[\w-]{20,}"),
    _secret("grafana-token", "gl", r"\bgl(?:sa|c)_[\w=+/-]{30,}"),
    _secret("linear-key", "lin_api_", r"\blin_api_[A-Za-z0-9]{30,}"),
    _secret("mailchimp-key", "-us", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    _secret("mailgun-key", "key-", r"\bkey-[0-9a-f]{32}\b"),
    _secret("newrelic-key", "NRA", r"\bNRA(?:K|A|L)-[A-Z0-9]{27}"),
    _secret("notion-token", "ntn_", r"\bntn_[A-Za-z0-9]{40,}"),
    _secret("notion-token", "secret_", r"\bsecret_[A-Za-z0-9]{43}\b"),
    _secret("planetscale-token", "pscale_", r"\bpscale_(?:tkn|pw|oauth)_[\w.-]{30,}"),
    _secret("postman-key", "PMAK-", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _secret("pulumi-token", "pul-", r"\bpul-[a-f0-9]{40}\b"),
    _secret("rubygems-key", "rubygems_", r"\brubygems_[a-f0-9]{40,}"),
    _secret("sentry-token", "sntry", r"\bsntry[su]_[\w+/=-]{40,}"),
    _secret("shopify-token", "shp", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _secret("square-token", "sq0", r"\bsq0[a-z]{3}-[\w-]{22,}"),
    _secret("supabase-key", "sbp_", r"\bsbp_[a-f0-9]{40}"),
    _secret("teams-webhook", "webhook.office.com", r"https?://[\w.-]*webhook\.office\.com/\S+"),
    _secret("terraform-token", ".atlasv1.", r"\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}"),
    _secret("vault-token", "hv", r"\bhv[sb]\.[\w-]{24,}"),
    _secret("jwt", "eyJ", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"),
    _secret("bearer", "earer ", r"(\b[Bb]earer )[A-Za-z0-9._~+/-]{20,}=*", keep=r"\1"),
    Rule(
        "secret:password-in-url",
        "@",
        re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\[\]]*:)[^\s@/\[\]]+(?=@)"),
        r"\1[SECRET:password-in-url]",
        re.compile(r"://[^\s/]*@"),
    ),
)
ASSIGNED = Rule(
    "secret:assigned",
    "",
    re.compile(
        r"(?P<name>(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|token)"
        r"[\"']?\s*[:=]\s*[\"'`]?)(?P<value>[\w+/.!@#%^&*~-]{12,}=*)",
        re.IGNORECASE,
    ),
    _assigned,
)
