"""Tidewright, the invented company that the sandbox starts with: software for harbours, some 340 people.

Each module holds tables about one subject and the little code that makes records of them. All people, addresses, phone
numbers and documents are fictional: e-mail lives at example.com, .org and .net, phone numbers in ranges that are set
aside for fiction.
"""
