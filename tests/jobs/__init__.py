"""Fourteen jobs of recruiters, each done with as few calls of the tools as an attentive model needs.

A job reads only what the tools say. The sandbox's state is looked at afterwards, to see whether it was done.
"""
