"""Calls to vendors, made from intents that stand in documents, so that none is lost or made twice."""
