from sqlalchemy import event as event
