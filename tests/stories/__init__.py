"""Stories a merchandiser could read, told by real server processes over HTTP and WebSockets.

What other promotion engines were caught at, and who watches that it does not happen here: the file in tests/, without
`test_`, and words of the test's name. A file without a folder is one of these stories.

 1 K of N, one code                      fifty_of_two_hundred (fifty of two hundred)
   different codes of one campaign       fifty_of_two_hundred (over all its codes)
   two sub-campaigns, the parent's limit fifty_of_two_hundred (over its sub-campaigns)
   and the parent's money                one_slot_two_processes (to the last cent)
   per customer                          fifty_of_two_hundred (for each customer)
   per customer and day                  one_slot_two_processes (of a day)
   the money of a gift                   one_slot_two_processes (forty who want some)
   thirty codes in any order             thirty_codes_fifty_clients
 2 a hold ends while it is confirmed     one_slot_two_processes (at the instant), redemptions/confirm (of expiry)
   confirmed and released at once        one_slot_two_processes (one of the two)
 3 rolled back while others redeem       fifty_of_two_hundred (during the rush), one_slot_two_processes (comes back)
 4 rolled back after the end             one_slot_two_processes (the campaign ends), redemptions/roll_back
 5 a storm of retries with one key       fifty_of_two_hundred (storm), redemptions/till (storm)
   the key with other input              one_slot_two_processes (two carts), redemptions/replay
 6 as quick with millions of codes       benchmarks/till, whose figures are in docs/till.md
 7 a hot code without a limit            redemptions/redeem (locks nothing), benchmarks/till
 8 a hundred per cent leaves nothing     engine/rewards/percent_off, engine/evaluate (leaves shipping)
 9 refunds in parts sum to the whole     redemptions/refund, redemptions/shares, redemptions/roll_back_by_lines
10 days in Tokyo and New York, and DST   engine/period, engine/rules/days_elsewhere
11 a limit edited below its use          campaigns/present_use, redemptions/limits_set_late
12 a guest logs in, with the same e-mail  redemptions/guests: the sourceId is who somebody is
15 unknown, foreign or used up?           graphql_schema/disclosure_of_work, benchmarks/disclosure
17 the cart changes after the hold       one_slot_two_processes (shrinks), redemptions/confirm
18 thirty codes, one of them invalid     one_slot_two_processes, redemptions/stacking (not valid): none, or all others

Whatever dies meanwhile: a_server_dies, everything_dies (`make kill`: a thousand times). The whole till beside a naive
one: redemptions/the_till_as_a_machine.
"""
