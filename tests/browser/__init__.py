"""The sandbox's pages in a real browser, with the whole product behind them."""
