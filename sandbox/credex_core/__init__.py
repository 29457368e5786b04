"""credex-core on your own machine, to the generation called G4 (credex-core contract 0).

Balances per denomination, the secured check, tiers, tokens, limits and refusals are the contract's; credloops and
the daily revaluation of CXX are left out, since they change nobody's net position.
"""
