"""Reporting's own settings in every test."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOKIE_KEY", "test-cookie-key-test-cookie-key!")
    monkeypatch.setenv("FINANCE_PHONE", "+263773000001,+263773000002")
    monkeypatch.setenv("PURPOSES", "Tithe,Construction,Youth Conference")
    monkeypatch.setenv("REPORT_TIMES", "off")
