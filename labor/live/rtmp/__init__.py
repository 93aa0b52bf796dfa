"""The door for streaming programs (OBS and its like): RTMP in, FLV to the same ffmpeg that browsers feed.

`amf` reads the words, `chunks` the messages, `talk` holds the conversation up to the picture and knows no socket,
`door` holds the sockets, asks for the key and feeds. docs/adr/0015 says why it is ours.
"""
