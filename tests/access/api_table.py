"""Who gets what answer at each address of the API, as tests/access/table.py has it for the pages.

anonymous seeker other_seeker owner recruiter other_owner broker other_broker park officer admin

Asked with an empty JSON body. 401 nobody is known, 403 wrong role, 404 a stranger, 400 and 422 refused in words after
the door was passed. A method without a line is 405 for everybody.
"""

TABLE = """
api:me                               GET    401 200 200 200 200 200 200 200 200 200 200
api:regions                          GET    200 200 200 200 200 200 200 200 200 200 200
api:zones                            GET    200 200 200 200 200 200 200 200 200 200 200
api:trades                           GET    200 200 200 200 200 200 200 200 200 200 200
api:skills                           GET    200 200 200 200 200 200 200 200 200 200 200
api:certificates                     GET    200 200 200 200 200 200 200 200 200 200 200
api:occupations                      GET    200 200 200 200 200 200 200 200 200 200 200
api:postings                         GET    200 200 200 200 200 200 200 200 200 200 200
api:postings                         POST   401 403 403 201 201 201 403 403 403 403 403
api:posting                          GET    404 404 404 200 200 404 404 404 404 200 200
api:posting                          PATCH  401 403 403 200 200 404 403 403 403 403 403
api:posting_moves                    POST   401 403 403 400 400 404 403 403 403 403 403
api:posting_copy                     POST   401 403 403 201 201 404 403 403 403 403 403
api:employers                        GET    200 200 200 200 200 200 200 200 200 200 200
api:own_employer                     GET    401 403 403 200 200 200 403 403 403 403 403
api:own_employer                     PATCH  401 403 403 200 422 200 403 403 403 403 403
api:own_postings                     GET    401 403 403 200 200 200 403 403 403 403 403
api:employer                         GET    200 200 200 200 200 200 200 200 200 200 200
api:profile                          GET    401 200 200 403 403 403 400 400 400 403 403
api:profile                          PATCH  401 200 200 403 403 403 400 400 400 403 403
api:profile_skills                   PUT    401 400 400 403 403 403 400 400 400 403 403
api:profile_recommendations          PUT    401 400 400 403 403 403 403 403 403 403 403
api:group                            GET    401 200 404 403 403 403 400 400 400 403 403
api:group                            POST   401 400 400 403 403 403 400 400 400 403 403
api:group                            DELETE 401 204 422 403 403 403 400 400 400 403 403
api:delegations                      GET    401 403 403 403 403 403 200 200 200 403 403
api:applications                     GET    401 200 200 200 200 200 200 200 200 200 200
api:applications                     POST   401 400 400 403 403 403 400 400 400 403 403
api:applications_move                POST   401 403 403 400 400 400 403 403 403 403 403
api:application                      GET    401 200 404 200 200 404 200 404 404 200 200
api:application_moves                POST   401 400 404 400 400 404 400 404 404 403 403
api:invitations                      GET    401 200 200 403 403 403 403 403 403 403 403
api:invitation_decline               POST   401 204 404 403 403 403 403 403 403 403 403
api:matches                          GET    401 200 200 403 403 403 400 400 400 403 403
api:people                           GET    401 403 403 200 200 404 403 403 403 403 403
api:invite                           POST   401 403 403 400 400 404 403 403 403 403 403
api:preferences                      GET    401 200 200 200 200 200 200 200 200 200 200
api:preferences                      PATCH  401 200 200 200 200 200 200 200 200 200 200
api:notices                          GET    401 200 200 200 200 200 200 200 200 200 200
api:notices_read                     POST   401 200 200 200 200 200 200 200 200 200 200
api:schema                           GET    200 200 200 200 200 200 200 200 200 200 200
api:docs                             GET    200 200 200 200 200 200 200 200 200 200 200
api:nothing                          GET    404 404 404 404 404 404 404 404 404 404 404
"""
